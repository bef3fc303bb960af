import { setTimeout as delay } from 'node:timers/promises';
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

  test('gives a race to whoever settles first, and to nobody when it passes', async () => {
    const never = new Promise<never>(() => {});
    expect(await Deadline.after(60_000).race([never, Promise.resolve('first')], 'late')).toBe('first');
    expect(await Deadline.after(1).race([never], 'late')).toBe('late');
    await expect(Deadline.after(60_000).race([never, Promise.reject(new Error('lost'))], 'late')).rejects.toThrow(
      'lost',
    );
  });

  test('may lie further ahead than a timer reaches', async () => {
    expect(await Deadline.after(2 ** 40).race([delay(10, 'first')], 'late')).toBe('first');
  });

  test('that is called off does not call back', async () => {
    const called: string[] = [];
    const callOff = Deadline.after(1).whenPassed(() => called.push('called off'));
    callOff();
    await new Promise<void>((resolve) => Deadline.after(2).whenPassed(resolve));
    expect(called).toEqual([]);
  });
});

describe('Deadline, where time is excused', () => {
  const HOUR = 3_600_000;

  /** A host that lets nothing run until it has been asked so often what there is to excuse. */
  function startHost(asksUntilItRuns: number) {
    const startedAt = monotonicMs();
    let asks = 0;
    let excusedMs = 0;
    const excused = () => {
      if (asks++ < asksUntilItRuns) excusedMs = monotonicMs() - startedAt;
      return excusedMs;
    };
    return { startedAt, excused, facts: () => ({ asks, excusedMs }) };
  }

  test('counts only the rest, and tells what the clock says', () => {
    const longAgo = monotonicMs() - 10 * HOUR;
    const deadline = new Deadline(2 * HOUR, longAgo, () => 9 * HOUR);
    expect(deadline.passed).toBe(false);
    expect(deadline.remaining).toBeLessThanOrEqual(HOUR);
    expect(deadline.elapsed).toBeGreaterThanOrEqual(10 * HOUR);
    expect(new Deadline(2 * HOUR, longAgo, () => 8 * HOUR).passed).toBe(true);
  });

  test('is not passed by the timer that was set for it, but later, when its budget is used up', async () => {
    const { startedAt, excused, facts } = startHost(10);
    const deadline = new Deadline(2, startedAt, excused);
    expect(await deadline.race([new Promise<never>(() => {})], 'late')).toBe('late');
    expect(facts().asks).toBeGreaterThan(10);
    expect(deadline.elapsed).toBeGreaterThanOrEqual(2 + facts().excusedMs);
  });

  test('still lets a promise win that settles in excused time', async () => {
    const { startedAt, excused } = startHost(Number.POSITIVE_INFINITY);
    expect(await new Deadline(1, startedAt, excused).race([delay(20, 'first')], 'late')).toBe('first');
  });

  test('lends to a part of its time what is excused from then on, and nothing from before', () => {
    let excusedMs = HOUR;
    const part = Deadline.after(9 * HOUR, () => excusedMs).within(HOUR);
    expect(part.remaining).toBeLessThanOrEqual(HOUR);
    excusedMs += 5 * HOUR;
    expect(part.remaining).toBeGreaterThan(5 * HOUR);
    expect(part.remaining).toBeLessThanOrEqual(6 * HOUR);
    expect(part.budget).toBe(HOUR);
  });

  test('ends a part of its time with itself', () => {
    expect(new Deadline(HOUR, monotonicMs() - 2 * HOUR).within(HOUR).passed).toBe(true);
  });
});
