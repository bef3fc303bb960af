import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Line } from '../lines/line.ts';
import { RecentLines } from './recent-lines.ts';

const lineAt = (index: number, text = ''): Line => ({ index, atMs: 0, text, truncated: false });

test('agrees with an array of all lines, cut to the last ones', () => {
  fc.assert(
    fc.property(
      fc.nat({ max: 5_000 }),
      fc.integer({ min: 1, max: 3_000 }),
      fc.nat({ max: 5_500 }),
      (total, maxLines, from) => {
        const recent = new RecentLines(maxLines, Number.POSITIVE_INFINITY);
        const all = Array.from({ length: total }, (_, index) => lineAt(index));
        for (const line of all) recent.push(line);
        const kept = all.slice(-maxLines);
        expect(recent.recent()).toEqual(kept);
        expect(recent.recent(10)).toEqual(kept.slice(-10));
        expect(recent.since(from)).toEqual(kept.filter((line) => line.index >= from));
        expect(recent.last).toBe(kept.at(-1));
      },
    ),
    { numRuns: 50 },
  );
});

test('few lines are kept when they are long, but always the last one', () => {
  const recent = new RecentLines(1_000, 10_000);
  for (let index = 0; index < 100; index++) recent.push(lineAt(index, 'x'.repeat(1_000)));
  expect(recent.recent().map((line) => line.index)).toEqual([96, 97, 98, 99]);
  recent.push(lineAt(100, 'x'.repeat(100_000)));
  expect(recent.recent().map((line) => line.index)).toEqual([100]);
});

test('nothing is kept of nothing', () => {
  const recent = new RecentLines(10, 10);
  expect([recent.last, recent.recent(), recent.since(0)]).toEqual([undefined, [], []]);
});
