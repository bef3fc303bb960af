import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { machinesAtOnce, parseMachines } from './machines-at-once.ts';

const GIB = 2 ** 30;

describe('the machines that a host runs at once', () => {
  test.each([
    ['are one for each core', { cores: 16, freeBytes: 64 * GIB, guestBytes: GIB / 4 }, 16],
    ['are as many as fit into its memory', { cores: 16, freeBytes: 4 * GIB, guestBytes: GIB / 4 }, 8],
    ['are fewer where guests are large', { cores: 16, freeBytes: 16 * GIB, guestBytes: 4 * GIB - GIB / 4 }, 4],
    ['are one where not even one fits', { cores: 2, freeBytes: GIB / 4, guestBytes: GIB }, 1],
  ])('%s', (_, host, machines) => {
    expect(machinesAtOnce(host)).toBe(machines);
  });

  test('never outnumber the cores, fit into the memory, and are at least one', () => {
    const host = fc.record({
      cores: fc.integer({ min: 1, max: 512 }),
      freeBytes: fc.integer({ min: 0, max: 4096 * GIB }),
      guestBytes: fc.integer({ min: 1, max: 512 * GIB }),
    });
    fc.assert(
      fc.property(host, ({ cores, freeBytes, guestBytes }) => {
        const machines = machinesAtOnce({ cores, freeBytes, guestBytes });
        expect(machines).toBeGreaterThanOrEqual(1);
        expect(machines).toBeLessThanOrEqual(cores);
        if (machines > 1) expect(machines * guestBytes).toBeLessThan(freeBytes);
      }),
    );
  });
});

describe('a number of machines in words of the command line', () => {
  test.each([
    ['1', 1],
    ['8', 8],
    ['016', 16],
  ])('%j is %d', (text, machines) => {
    expect(parseMachines(text)).toBe(machines);
  });

  test.each(['0', '-1', '1.5', '2e3', 'many', ' 2', ''])('%j is none', (text) => {
    expect(() => parseMachines(text)).toThrow(
      new DeclarationError(`machines: expected a whole number above 0, got ${JSON.stringify(text)}`),
    );
  });
});
