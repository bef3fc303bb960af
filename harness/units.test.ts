import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Deadline, formatMillis, monotonicMs, parseBytes, parseMillis } from './units.ts';

describe('parseMillis', () => {
  test.each([
    ['250ms', 250],
    ['5s', 5_000],
    ['0.5s', 500],
    ['1.5m', 90_000],
    ['2min', 120_000],
    ['10 s', 10_000],
    ['0s', 0],
    [0, 0],
    [1_500, 1_500],
  ])('%j is %d ms', (text, ms) => {
    expect(parseMillis(text)).toBe(ms);
  });

  test.each([
    '',
    '5',
    's',
    '-5s',
    '5 parsecs',
    '5S',
    '1h',
    '1.s',
    '.5s',
    '5s ',
    '5s5s',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
  ])('%j is no duration', (text) => {
    expect(parseMillis(text)).toBeUndefined();
  });
});

describe('parseBytes', () => {
  test.each([
    ['64K', 65_536],
    ['256M', 268_435_456],
    ['1G', 1_073_741_824],
    ['1GiB', 1_073_741_824],
    ['1GB', 1_073_741_824],
    ['16 M', 16_777_216],
    ['0010K', 10_240],
    [4_096, 4_096],
  ])('%j is %d bytes', (text, bytes) => {
    expect(parseBytes(text)).toBe(bytes);
  });

  test.each(['', '256', 'M', '0M', '-1M', '1.5G', '256m', '1T', '1 Mb', 0, -1, 1.5, Number.NaN])(
    '%j is no size',
    (text) => {
      expect(parseBytes(text)).toBeUndefined();
    },
  );
});

describe('formatMillis', () => {
  test.each([
    [0, '0 ms'],
    [340.4, '340 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [5_040, '5.0 s'],
    [119_949, '119.9 s'],
    [120_000, '2 min 0 s'],
    [125_000, '2 min 5 s'],
  ])('%d is shown as %j', (ms, text) => {
    expect(formatMillis(ms)).toBe(text);
  });

  test('never counts up to sixty seconds or a thousand milliseconds of the next unit', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e8, noNaN: true }), (ms) => {
        expect(formatMillis(ms)).not.toMatch(/\b1000 ms|\b60 s/);
      }),
      { examples: [[999.7], [179_600], [3_599_999]] },
    );
  });
});

describe('Deadline', () => {
  test('that has no time is passed from the start', () => {
    const deadline = Deadline.after(0);
    expect([deadline.passed, deadline.remaining]).toEqual([true, 0]);
  });

  test('has at most its budget left, and less as time goes by', () => {
    const deadline = Deadline.after(60_000);
    const before = deadline.remaining;
    const until = monotonicMs() + 1;
    while (monotonicMs() < until);
    expect(deadline.remaining).toBeLessThan(before);
    expect(deadline.elapsed).toBeGreaterThanOrEqual(1);
    expect(deadline.passed).toBe(false);
    expect(deadline.budget).toBe(60_000);
  });

  test('is never overdrawn', () => {
    const deadline = Deadline.after(1);
    while (!deadline.passed);
    expect(deadline.remaining).toBe(0);
  });
});
