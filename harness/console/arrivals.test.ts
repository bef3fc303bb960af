import { describe, expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

describe('when bytes came', () => {
  test('is told by the first byte of each time', () => {
    const arrivals = new Arrivals();
    for (const [bytes, atMs] of [
      [10, 5],
      [1, 5.4],
      [4, 6.04],
      [100, 2_000],
    ] as const)
      arrivals.push(bytes, atMs);
    expect(arrivals.toString()).toBe('5.0 0\n6.0 11\n2000.0 15\n');
  });

  test('is nothing where nothing came', () => {
    expect(new Arrivals().toString()).toBe('');
  });

  test('is bounded, and stays true, however often something comes', () => {
    const arrivals = new Arrivals();
    for (let time = 0; time < 200_000; time++) arrivals.push(1, time);
    const noted = arrivals.toString().trimEnd().split('\n');
    expect(noted.length).toBeLessThan(20_000);
    expect(noted.length).toBeGreaterThan(5_000);
    expect(noted[0]).toBe('0.0 0');
    for (const line of noted) {
      const [atMs, byte] = line.split(' ').map(Number);
      expect(atMs).toBe(byte);
    }
  });
});
