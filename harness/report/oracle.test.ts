import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { exitCodeFor } from './exit.ts';
import { renderMarkdown } from './markdown.ts';
import { buildModel } from './model.ts';
import type { CaseResult, EnvironmentFacts } from './results.ts';
import { renderTerminal } from './terminal.ts';

const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const expectedFailure: Verdict = { kind: 'expected-failure', because: 'nobody knows', actual: fail };

const underTest = (id: string): EnvironmentFacts => ({ ...environment(id), oracle: 'linux' });
const on = (id: string, verdict: Verdict, parts: Partial<CaseResult> = {}) =>
  caseResult({ environment: id, verdict, ...parts });

/** The kernel's part of the model, of a run that lists it before its oracle. */
function kernel(results: readonly CaseResult[], environments: readonly EnvironmentFacts[] = both) {
  const [first] = buildModel(runResults({ environments, results })).targets;
  return first ?? expect.fail();
}

const both = [underTest('k/x86_64'), underTest('k/aarch64'), environment('linux/x86_64'), environment('linux/aarch64')];

describe('a kernel with an oracle', () => {
  it('is not to blame for a case that fails there too, and says so beside both verdicts', () => {
    const results = [
      on('k/aarch64', fail),
      on('k/x86_64', pass),
      on('linux/aarch64', { kind: 'crash', cause: 'panic', title: 'BUG' }),
    ];
    const { troubles, causes } = kernel(results);
    expect(troubles.map(({ trouble, on, elsewhere }) => ({ trouble, on, elsewhere }))).toEqual([
      { trouble: 'wrong-test', on: [1], elsewhere: [0] },
    ]);
    expect(troubles[0]?.groups[0]?.rows[0]?.oracle[1]?.verdict.kind).toBe('crash');
    expect(causes).toEqual([]);
  });

  it('is red all the same: somebody has to mend the test', () => {
    const results = [on('k/aarch64', fail), on('linux/aarch64', expectedFailure)];
    expect(exitCodeFor(runResults({ environments: both, results }))).toBe(1);
  });

  it.each<[string, Verdict]>([
    ['passes', pass],
    ['passes unexpectedly', { kind: 'unexpected-pass', because: 'x' }],
    ['has no program', { kind: 'missing', what: 'x' }],
    ['skips', { kind: 'skip', because: 'x' }],
    ['could not be judged', { kind: 'error', reason: 'x' }],
  ])('is to blame where the oracle %s', (_, verdict) => {
    const { troubles, causes } = kernel([on('k/aarch64', fail), on('linux/aarch64', verdict)]);
    expect(troubles.map(({ trouble, on }) => [trouble, on])).toContainEqual(['failing', [1]]);
    expect(causes).toHaveLength(1);
  });

  it('believes a failure that is declared there as much as another', () => {
    expect(kernel([on('k/aarch64', fail), on('linux/aarch64', expectedFailure)]).causes).toEqual([]);
  });

  it('believes it for its own architecture alone', () => {
    const { troubles, oracle } = kernel(
      [on('k/aarch64', fail), on('linux/x86_64', fail)],
      [underTest('k/aarch64'), environment('linux/x86_64')],
    );
    expect(troubles.map(({ trouble }) => trouble)).toEqual(['failing']);
    expect(oracle).toEqual({ target: 'linux', columns: [] });
  });

  it('is compared with the same profile, else with the first of the architecture', () => {
    const environments = [
      ...['k/x86_64', 'k/x86_64/smp', 'k/x86_64/tiny'].map(underTest),
      ...['linux/x86_64', 'linux/x86_64/smp'].map((id) => environment(id)),
    ];
    const { oracle, suites } = kernel(
      [
        ...['k/x86_64', 'k/x86_64/smp', 'k/x86_64/tiny'].map((id) => on(id, fail)),
        ...['linux/x86_64', 'linux/x86_64/smp'].map((id) => on(id, pass)),
      ],
      environments,
    );
    expect(oracle?.columns).toEqual([
      { id: 'linux/x86_64', column: 0 },
      { id: 'linux/x86_64/smp', column: 1 },
    ]);
    expect(suites[0]?.rows[0]?.oracle.map((cell) => cell?.environment)).toEqual([
      'linux/x86_64',
      'linux/x86_64/smp',
      'linux/x86_64',
    ]);
  });

  it('finds a case by the names of suite and case, whatever file they are in, and the second of one name as the second', () => {
    const there = { file: 'elsewhere.suite.ts' };
    const { suites } = kernel([
      on('k/x86_64', fail),
      on('k/x86_64', pass),
      on('linux/x86_64', pass, there),
      on('linux/x86_64', fail, there),
      on('linux/x86_64', fail, { suite: 'another' }),
    ]);
    expect(suites[0]?.rows.map(({ oracle }) => oracle[0]?.verdict.kind)).toEqual(['pass', 'fail']);
  });

  it('has a word to say where its oracle was not run', () => {
    const { oracle, causes } = kernel([on('k/x86_64', fail)], [underTest('k/x86_64')]);
    expect(oracle).toEqual({ target: 'linux', columns: [] });
    expect(causes).toHaveLength(1);
    const told = (verdict: Verdict) => {
      const results = [on('k/x86_64', verdict)];
      const model = buildModel(runResults({ environments: [underTest('k/x86_64')], results }));
      return `${renderTerminal(model, { colour: false, reports: 'r' })}${renderMarkdown(model)}`;
    };
    expect(told(fail).match(/the oracle linux was not run/g)).toHaveLength(2);
    expect(told(pass)).not.toContain('oracle');
  });

  it('leaves the oracle’s own report as it is', () => {
    const { targets } = buildModel(
      runResults({ environments: both, results: [on('k/x86_64', fail), on('linux/x86_64', fail)] }),
    );
    expect(targets[1]?.troubles.map(({ trouble }) => trouble)).toEqual(['failing', 'absent']);
    expect(targets[1]).not.toHaveProperty('oracle');
  });
});
