import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { CaseResult, RunResults } from '../results.ts';
import type { BaselineKind } from './baseline.ts';
import { formatBaseline, parseBaseline } from './baseline-text.ts';
import { type ChangeKind, compare } from './comparison.ts';
import { recordBaseline } from './record.ts';

const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const hang: Verdict = {
  kind: 'hang',
  how: 'halted',
  waitingFor: 'the end',
  forMs: 1,
  vcpu: 0,
  interruptsOn: true,
  events: 0,
  frames: [],
};
const missing: Verdict = { kind: 'missing', what: 'alarm_test' };
const skip: Verdict = { kind: 'skip', because: 'not here' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };
const expectedFailure: Verdict = {
  kind: 'expected-failure',
  because: 'no port',
  actual: { kind: 'fail', reason: 'x' },
};
const unexpectedPass: Verdict = { kind: 'unexpected-pass', because: 'no port' };

function attemptsOf(...verdicts: Verdict[]): Partial<CaseResult> {
  return { attempts: verdicts.map((verdict) => ({ verdict, durationMs: 1, notes: [] })) };
}
const flaky = { verdict: pass, ...attemptsOf(fail, pass) };

function baseline(...lines: string[]) {
  return parseBaseline(['# twinboot-baseline/1', ...lines].join('\n'), 'baseline.txt');
}

const KEY = 'linux/x86_64 signals > alarm_test';

/** A run with these results and everything else well. */
function run(results: readonly Partial<CaseResult>[], parts: Partial<RunResults['run']> = {}): RunResults {
  const whole = runResults({ results: results.map(caseResult), environments: [environment('linux/x86_64')] });
  return { ...whole, run: { ...whole.run, ...parts } };
}

describe('a case against what is recorded of it', () => {
  const nothing = undefined;
  it.each<[BaselineKind | undefined, Partial<CaseResult>, ChangeKind | undefined, number]>([
    ['pass', { verdict: pass }, nothing, 0],
    ['pass', flaky, 'flaky', 0],
    ['pass', { verdict: fail }, 'regression', 1],
    ['pass', { verdict: hang }, 'regression', 1],
    ['pass', { verdict: missing }, 'regression', 1],
    ['pass', { verdict: skip }, 'regression', 1],
    ['pass', { verdict: expectedFailure }, 'regression', 1],
    ['pass', { verdict: unexpectedPass }, nothing, 1],
    ['pass', { verdict: error }, 'not-judged', 69],
    ['fail', { verdict: fail }, nothing, 0],
    ['fail', { verdict: hang }, 'changed', 0],
    ['fail', { verdict: pass }, 'new-pass', 0],
    ['fail', flaky, 'flaky', 0],
    ['fail', { verdict: expectedFailure }, 'changed', 0],
    ['fail', { verdict: skip }, 'changed', 0],
    ['fail', { verdict: unexpectedPass }, 'new-pass', 1],
    ['fail', { verdict: error }, 'not-judged', 69],
    ['missing', { verdict: missing }, nothing, 0],
    ['missing', { verdict: fail }, 'changed', 0],
    ['skip', { verdict: skip }, nothing, 0],
    ['skip', { verdict: fail }, 'unrecorded-failure', 1],
    ['skip', { verdict: pass }, 'new-pass', 0],
    ['expected-failure', { verdict: expectedFailure }, nothing, 0],
    ['expected-failure', { verdict: fail }, 'unrecorded-failure', 1],
    ['expected-failure', { verdict: pass }, 'new-pass', 0],
    ['flaky', { verdict: pass }, nothing, 0],
    ['flaky', { verdict: fail }, nothing, 0],
    ['flaky', flaky, nothing, 0],
    ['flaky', { verdict: error }, 'not-judged', 69],
    [undefined, { verdict: pass }, 'new-case', 0],
    [undefined, flaky, 'new-case', 0],
    [undefined, { verdict: skip }, 'new-case', 0],
    [undefined, { verdict: expectedFailure }, 'new-case', 0],
    [undefined, { verdict: fail }, 'unrecorded-failure', 1],
    [undefined, { verdict: missing }, 'unrecorded-failure', 1],
    [undefined, { verdict: unexpectedPass }, 'new-case', 1],
    [undefined, { verdict: error }, 'not-judged', 69],
  ])('was %s, is %j: %s, exit code %d', (was, result, change, exitCode) => {
    const compared = compare(baseline(...(was ? [`${was} ${KEY}`] : [])), run([result]));
    expect(compared.changes.map((one) => one.change)).toEqual(change ? [change] : []);
    expect(compared.exitCode).toBe(exitCode);
    expect(compared.same).toBe(change ? 0 : 1);
  });

  it.each<[string, BaselineKind, Partial<CaseResult>, string]>([
    ['a pass', 'fail', { verdict: pass }, 'pass'],
    ['a failure', 'pass', { verdict: fail }, 'fail'],
    ['one that wavers, where it failed', 'fail', flaky, 'flaky'],
    ['one that wavers, where it is known to pass', 'pass', flaky, 'pass'],
    ['a pass of one that is known to waver', 'flaky', { verdict: pass }, 'flaky'],
    ['a declaration that is stale', 'fail', { verdict: unexpectedPass }, 'pass'],
    ['an error', 'pass', { verdict: error }, 'pass'],
  ])('records %s', (_, was, result, now) => {
    const recorded = recordBaseline(baseline(`${was} ${KEY}`), run([result]));
    expect(formatBaseline(recorded).trimEnd().split('\n').at(-1)).toBe(`${now.padEnd(7)} ${KEY}`);
  });
});

describe('cases without a result', () => {
  const known = baseline(
    `pass ${KEY}`,
    'fail linux/x86_64 signals > itimer_test',
    'pass linux/aarch64 signals > alarm_test',
  );

  it('are gone where the run was to judge them, and that fails it', () => {
    const { changes, notAsked, exitCode } = compare(known, run([{}]));
    expect(changes).toMatchObject([{ change: 'gone', case: 'itimer_test', was: 'fail' }]);
    expect([...notAsked]).toEqual([['linux/aarch64', 1]]);
    expect(exitCode).toBe(1);
  });

  it.each<[string, Partial<RunResults['run']>, number]>([
    ['what was filtered', { filter: ['alarm'] }, 0],
    ['a shard', { scope: { declared: [], asked: ['linux/x86_64'], shard: { index: 1, count: 2, cut: 'a' } } }, 0],
    ['a run that was not asked for the environment', { scope: { declared: [], asked: ['linux/aarch64'] } }, 0],
    ['a run that was cut short', { complete: false }, 1],
  ])('are not gone from %s', (_, parts, exitCode) => {
    const results = { ...run([{}], parts) };
    const environments = [environment('linux/x86_64')];
    const compared = compare(baseline(`pass ${KEY}`, 'fail linux/x86_64 signals > itimer_test'), {
      ...results,
      environments,
    });
    expect(compared.changes).toEqual([]);
    expect([...compared.notAsked]).toEqual([['linux/x86_64', 1]]);
    expect(compared.exitCode).toBe(exitCode);
  });

  it('leave the file with those that are gone, and stay where they were not asked for', () => {
    const names = [...recordBaseline(known, run([{}])).entries.values()].map(
      (entry) => `${entry.environment} ${entry.case}`,
    );
    expect(names).toEqual(['linux/x86_64 alarm_test', 'linux/aarch64 alarm_test']);
    expect(recordBaseline(known, run([{}], { filter: ['alarm'] })).entries.size).toBe(3);
  });
});

describe('a run that is red for other reasons', () => {
  const known = baseline(`pass ${KEY}`);
  const floor = { suite: 'signals', environment: 'linux/x86_64', atLeast: 2, executed: 1 };
  it.each<[string, RunResults]>([
    ['a floor', { ...run([{}]), floors: [floor] }],
    ['a fault', run([{}], { faults: ['No job ran linux/aarch64.'] })],
  ])('is so against a baseline: %s', (_, results) => {
    expect(compare(known, results)).toMatchObject({ changes: [], exitCode: 1 });
  });
});

it('tells the most pressing changes first', () => {
  const known = baseline(`pass ${KEY}`, 'fail linux/x86_64 signals > b', 'pass linux/x86_64 signals > gone');
  const results = run([{ case: 'b' }, { case: 'new' }, { verdict: fail }, { case: 'unknown', verdict: fail }]);
  expect(compare(known, results).changes.map(({ change, case: name }) => [change, name])).toEqual([
    ['regression', 'alarm_test'],
    ['gone', 'gone'],
    ['unrecorded-failure', 'unknown'],
    ['new-pass', 'b'],
    ['new-case', 'new'],
  ]);
});

it('takes two cases of one name for two', () => {
  const known = baseline(`pass ${KEY}`, `pass ${KEY} \\#2`);
  expect(compare(known, run([{}, { verdict: fail }])).changes).toMatchObject([{ change: 'regression', occurrence: 1 }]);
});

describe('the pass rate', () => {
  const cases = (passed: number, failed: number) => [
    ...Array.from({ length: passed }, (_, index) => ({ case: `p${index}` })),
    ...Array.from({ length: failed }, (_, index) => ({ case: `f${index}`, verdict: fail })),
  ];
  const recorded = (head: string[], results: RunResults) =>
    parseBaseline(formatBaseline(recordBaseline(baseline(...head), results)), 'baseline.txt');

  it('is told before and now, and towards a goal', () => {
    const before = recorded(['goal 90 % x86_64'], run(cases(50, 30)));
    const now = run([
      ...cases(50, 24),
      ...cases(6, 0).map((one) => ({ ...one, case: `f${24 + Number(one.case.slice(1))}` })),
    ]);
    expect(compare(before, now).progress).toEqual([
      { place: 'x86_64', before: { passed: 50, executed: 80 }, now: { passed: 56, executed: 80 }, goal: 90 },
    ]);
  });

  it('is not told of what the run judged in part', () => {
    expect(compare(recorded([], run(cases(2, 2))), run(cases(1, 0), { filter: ['p0'] })).progress).toEqual([]);
  });
});
