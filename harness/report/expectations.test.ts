import { describe, expect, it } from 'vitest';
import { caseResult, environment } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { knownGaps, staleExpectations } from './expectations.ts';
import { matricesOf } from './matrix.ts';
import type { CaseResult } from './results.ts';
import { adviceOn } from './stale-advice.ts';

const expected: Verdict = {
  kind: 'expected-failure',
  because: 'no port',
  actual: { kind: 'fail', reason: 'status 1' },
};
const unexpected: Verdict = { kind: 'unexpected-pass', because: 'no port', on: ['linux', 'breenix'] };

const on = (id: string, verdict: Verdict, parts: Partial<CaseResult> = {}) =>
  caseResult({ environment: id, verdict, ...parts });

describe('known gaps', () => {
  it('are the cases that fail as declared, wherever they do', () => {
    const environments = [environment('linux/x86_64'), environment('linux/aarch64')];
    const results = [
      on('linux/x86_64', { kind: 'pass' }, { case: 'a' }),
      on('linux/aarch64', expected, { case: 'a' }),
      on('linux/x86_64', expected, { case: 'b' }),
      on('linux/aarch64', expected, { case: 'b' }),
      on('linux/aarch64', unexpected, { case: 'c' }),
    ];
    const rows = matricesOf(environments, results)[0]?.suites[0]?.rows ?? [];
    expect(knownGaps(rows).map(({ row, failures }) => [row.case, failures.map(({ column }) => column)])).toEqual([
      ['a', [1]],
      ['b', [0, 1]],
    ]);
  });
});

describe('a declaration is stale', () => {
  it('wherever the case passes, also on another target that still fails', () => {
    const [stale, ...others] = staleExpectations([
      on('linux/x86_64', unexpected),
      on('linux/aarch64', { kind: 'pass' }),
      on('breenix/x86_64', expected),
    ]);
    expect(others).toEqual([]);
    expect(stale).toMatchObject({ case: 'alarm_test', expectation: unexpected, stillFailsOn: ['breenix/x86_64'] });
    expect(stale?.passes.map((result) => result.environment)).toEqual(['linux/x86_64']);
  });

  it('with all that it says, whichever environment comes first', () => {
    const [stale] = staleExpectations([on('linux/x86_64', expected), on('linux/aarch64', unexpected)]);
    expect(stale?.expectation).toBe(unexpected);
  });

  it('not as long as every case fails that it is about', () => {
    expect(staleExpectations([on('linux/x86_64', expected), on('linux/aarch64', { kind: 'pass' })])).toEqual([]);
  });

  it('for itself alone: a case of the same name in another file has its own', () => {
    const results = [on('linux/x86_64', unexpected), on('linux/aarch64', expected, { file: 'suites/other.suite.ts' })];
    expect(staleExpectations(results).map(({ stillFailsOn }) => stillFailsOn)).toEqual([[]]);
  });
});

describe('the advice', () => {
  const adviceFor = (...results: CaseResult[]) => staleExpectations(results).map(adviceOn);

  it('is to delete what holds nowhere', () => {
    expect(adviceFor(on('linux/x86_64', unexpected), on('linux/aarch64', unexpected))).toEqual([
      {
        declaration: 'expectFailure: { on: ["linux", "breenix"], because: "no port" }',
        finding: 'passes on linux/x86_64 and linux/aarch64, and fails nowhere in this run',
        advice: 'delete it from "alarm_test" in suites/signals/signals.test.ts',
      },
    ]);
  });

  it('is to keep what still holds', () => {
    const ids = ['linux/aarch64', 'breenix/aarch64'];
    expect(adviceFor(on('linux/x86_64', unexpected), ...ids.map((id) => on(id, expected)))).toMatchObject([
      {
        finding: 'passes on linux/x86_64, and still fails on linux/aarch64 and breenix/aarch64',
        advice:
          'limit it with on: ["linux/aarch64", "breenix/aarch64"] at "alarm_test" in suites/signals/signals.test.ts',
      },
    ]);
  });
});
