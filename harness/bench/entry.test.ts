import { describe, expect, test } from 'vitest';
import { comparisonEntry, type Measurement, measuredEntry } from './entry.ts';

const clone: Measurement = { name: 'clone/a', unit: 'ms', samples: [100, 90, 200] };
const fresh: Measurement = { name: 'fresh/a', unit: 'ms', samples: [1_000, 3_000, 2_000] };

describe('a measurement', () => {
  test('without goal and comparison has neither met nor missed anything', () => {
    expect(measuredEntry(clone)).toEqual({
      name: 'clone/a',
      unit: 'ms',
      samples: 3,
      min: 90,
      median: 100,
      max: 200,
      ratio: null,
      against: null,
      goal: null,
      goalOf: null,
      exact: false,
      met: null,
    });
  });

  test('beside another one has the ratio of the medians', () => {
    expect(measuredEntry(clone, { against: fresh })).toMatchObject({ ratio: 0.05, against: 'fresh/a' });
  });

  test.each([
    ['median', 100, true],
    ['median', 99, false],
    ['max', 200, true],
    ['max', 199, false],
    ['ratio', 0.05, true],
    ['ratio', 0.04, false],
  ] as const)('whose %s may be at most %d: met is %s', (of, atMost, met) => {
    expect(measuredEntry(clone, { against: fresh, goal: { of, atMost } })).toMatchObject({
      goal: atMost,
      goalOf: of,
      met,
    });
  });

  test('of nothing against nothing has not grown', () => {
    const nothing = { name: 'left', unit: 'left', samples: [0] };
    expect(measuredEntry(nothing, { against: nothing, goal: { of: 'ratio', atMost: 1, exact: true } })).toMatchObject({
      ratio: 1,
      met: true,
      exact: true,
    });
  });

  test('with a goal for its ratio must be compared with something', () => {
    expect(() => measuredEntry(clone, { goal: { of: 'ratio', atMost: 1 } })).toThrow('compared with nothing');
  });
});

test('a comparison has the ratio of the medians, and the spread of the pairs', () => {
  expect(comparisonEntry('clone-vs-fresh/a', clone, fresh, { of: 'ratio', atMost: 0.1 })).toMatchObject({
    name: 'clone-vs-fresh/a',
    unit: 'ratio',
    min: 0.03,
    median: 0.1,
    max: 0.1,
    ratio: 0.05,
    against: 'fresh/a',
    met: true,
  });
});
