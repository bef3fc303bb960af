import { expect, test } from 'vitest';
import { rateSeries } from './rate-plot.ts';

test('each environment has a line, in order of time, with gaps where a run did not have it', () => {
  const rate = (environment: string, passed: number, cases: number) => ({ environment, passed, cases });
  const data = rateSeries(
    [
      { time: '2026-01-02T00:00:00Z', rates: [rate('x86_64', 3, 4)] },
      { time: '2026-01-01T00:00:00Z', rates: [rate('x86_64', 1, 2), rate('aarch64', 0, 0)] },
      { time: '2026-01-03T00:00:00Z', rates: [rate('aarch64', 1, 4)] },
    ],
    ['x86_64', 'aarch64'],
  );
  expect(data[0].map((time) => new Date(time * 1_000).getUTCDate())).toEqual([1, 2, 3]);
  expect(data.slice(1)).toEqual([
    [50, 75, null],
    [null, null, 25],
  ]);
});
