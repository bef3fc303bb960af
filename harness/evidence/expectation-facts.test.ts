import { expect, test } from 'vitest';
import type { Verdict } from '../verdict/verdict.ts';
import { expectationFacts } from './expectation-facts.ts';

const factsOf = (verdict: Verdict) =>
  expectationFacts({ verdict, case: 'alarm() fires', file: 'suites/signals.suite.ts' });

test('a pass that was not expected says what to delete, and where', () => {
  expect(factsOf({ kind: 'unexpected-pass', because: 'no port', issue: '#1', on: ['arm64'] })).toEqual([
    ['delete', 'expectFailure: { on: "arm64", because: "no port", issue: "#1" }'],
    ['from', '"alarm() fires" in suites/signals.suite.ts'],
  ]);
});

test.each([{}, { on: ['arm64', 'x86_64'] }])(
  'one that is declared for several places says what else may be done: %j',
  (on) => {
    expect(factsOf({ kind: 'unexpected-pass', because: 'no port', ...on }).map(([name]) => name)).toEqual([
      'delete',
      'from',
      'unless',
    ]);
  },
);

test.each<Verdict>([
  { kind: 'pass' },
  { kind: 'fail', reason: 'x' },
  { kind: 'expected-failure', because: 'x', actual: { kind: 'fail', reason: 'x' } },
])('$kind has nothing to delete', (verdict) => {
  expect(factsOf(verdict)).toEqual([]);
});
