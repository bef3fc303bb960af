import { expect, test } from 'vitest';
import { benchTable, formatNumber } from './bench-table.ts';
import { comparisonEntry, measuredEntry } from './entry.ts';

test('a line an entry, with its numbers below each other and what it had to reach', () => {
  const fresh = { name: 'fresh/a', unit: 'ms', samples: [2_000, 2_310.4, 3_000] };
  const clone = { name: 'clone/a', unit: 'ms', samples: [80, 98.25, 200] };
  const entries = [
    measuredEntry(fresh),
    measuredEntry(clone, { against: fresh, goal: { of: 'median', atMost: 90 } }),
    comparisonEntry('clone-vs-fresh/a', clone, fresh, { of: 'ratio', atMost: 0.1 }),
    measuredEntry({ name: 'left/a', unit: 'left', samples: [0] }, { goal: { of: 'max', atMost: 0, exact: true } }),
  ];
  expect(benchTable(entries)).toBe(
    [
      '                   min  median     max  unit   ratio             goal',
      'fresh/a           2000    2310    3000  ms',
      'clone/a             80    98.3     200  ms    0.0425  × fresh/a  median ≤ 90 ms  MISSED',
      'clone-vs-fresh/a  0.04  0.0425  0.0667        0.0425  × fresh/a  ratio ≤ 0.1     met',
      'left/a               0       0       0  left                     max ≤ 0 left    met',
    ].join('\n'),
  );
});

test.each([
  [0, '0'],
  [0.046_71, '0.0467'],
  [1.049_9, '1.05'],
  [98.25, '98.3'],
  [2_310.6, '2311'],
])('%d is written as %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});
