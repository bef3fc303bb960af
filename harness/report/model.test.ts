import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { buildModel } from './model.ts';
import type { CaseResult } from './results.ts';

const pass: Verdict = { kind: 'pass' };
const missing: Verdict = { kind: 'missing', what: 'the image has no program `x`' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };
const skip: Verdict = { kind: 'skip', because: 'x86 only' };
const unexpected: Verdict = { kind: 'unexpected-pass', because: 'no port' };
const expected = (): Verdict => ({
  kind: 'expected-failure',
  because: 'no port',
  actual: { kind: 'fail', reason: 'status 1' },
});
const fail = (reason = 'status 1'): Verdict => ({ kind: 'fail', reason });

const IDS = ['linux/x86_64', 'linux/aarch64', 'linux/x86_64/smp'];

/** A run in which each case has these verdicts, one for each environment; `undefined`: no result. */
function target(cases: Record<string, readonly (Verdict | undefined)[]>) {
  const width = Math.max(...Object.values(cases).map((verdicts) => verdicts.length));
  const results = Object.entries(cases).flatMap(([path, verdicts]) =>
    verdicts.flatMap((verdict, column): CaseResult[] => {
      const [suite = '', name = ''] = path.split('/');
      return verdict ? [caseResult({ suite, case: name, environment: IDS[column] ?? '', verdict })] : [];
    }),
  );
  const environments = IDS.slice(0, width).map((id) => environment(id));
  const [first] = buildModel(runResults({ environments, results })).targets;
  if (!first) throw new Error('no target');
  return first;
}

function sections(cases: Record<string, readonly (Verdict | undefined)[]>) {
  return target(cases).troubles.map(({ trouble, on, elsewhere, groups }) => ({
    trouble,
    on,
    elsewhere,
    groups: groups.map(({ rows }) => rows.map((row) => row.case)),
  }));
}

describe('buildModel', () => {
  it('counts what exists, what ran and what passed in each environment', () => {
    const { columns } = target({
      's/a': [pass, missing],
      's/b': [fail(), skip],
      's/c': [pass, error],
      's/d': [pass, undefined],
    });
    expect(
      columns.map(({ tally: { cases, existing, executed, due, byKind } }) => ({
        cases,
        existing,
        executed,
        due,
        pass: byKind.pass,
      })),
    ).toEqual([
      { cases: 4, existing: 4, executed: 4, due: 4, pass: 3 },
      { cases: 3, existing: 2, executed: 0, due: 2, pass: 0 },
    ]);
  });

  it('labels an environment by what its target has not said already', () => {
    expect(target({ 's/a': [pass, pass, pass] }).columns.map(({ label }) => label)).toEqual([
      'x86_64',
      'aarch64',
      'x86_64/smp',
    ]);
  });

  it('counts as agreement only the same kind of verdict everywhere', () => {
    const { agreement } = target({
      's/both pass': [pass, pass],
      's/both fail': [fail('status 1'), fail('status 2')],
      's/one fails': [pass, fail()],
      's/one is skipped': [pass, skip],
      's/one has no result': [pass, undefined],
    });
    expect(agreement).toEqual({ cases: 5, same: 2, asExpected: 0 });
  });

  it('compares what the kernel did, whatever was expected, and counts the known gaps', () => {
    const { agreement } = target({
      's/as expected on one side': [pass, expected()],
      's/as expected on both': [expected(), expected()],
      's/expected on one side alone': [fail(), expected()],
      's/passes after all': [pass, unexpected],
      's/says nothing': [error, expected()],
    });
    expect(agreement).toEqual({ cases: 4, same: 3, asExpected: 3 });
  });

  it('calls no known gap a trouble, nor a cause, and no surprise either', () => {
    const { troubles, causes } = target({ 's/a': [pass, expected()], 's/b': [unexpected, pass] });
    expect([troubles, causes]).toEqual([[], []]);
  });

  it('sees a pass elsewhere also in one that was not expected', () => {
    expect(sections({ 's/a': [unexpected, fail()], 's/b': [expected(), fail()] })).toEqual([
      { trouble: 'failing', on: [1], elsewhere: [0], groups: [['a']] },
      { trouble: 'failing', on: [1], elsewhere: [], groups: [['b']] },
    ]);
  });

  it('counts a known gap as executed and due, and not as passed', () => {
    const [column] = target({ 's/a': [expected()], 's/b': [pass], 's/c': [unexpected] }).columns;
    expect(column?.tally).toMatchObject({ cases: 3, existing: 3, executed: 3, due: 3, byKind: { pass: 1 } });
  });

  it('has nothing to compare in a single environment', () => {
    expect(target({ 's/a': [fail()] }).agreement).toBeUndefined();
  });

  it('shows how many cases fewer exist for each environment of a suite', () => {
    const { suites } = target({ 'a/1': [pass, pass], 'a/2': [pass, missing], 'b/1': [undefined, fail()] });
    expect(suites.map(({ suite, cells }) => [suite, cells.map(({ gap }) => gap)])).toEqual([
      ['a', [0, -1]],
      ['b', [-1, 0]],
    ]);
  });

  it('lists passes on one side only in both directions, and what fails everywhere after them', () => {
    expect(
      sections({
        's/everywhere': [fail(), fail()],
        's/arm': [pass, fail()],
        's/x86': [fail(), pass],
        's/arm too': [pass, fail()],
      }),
    ).toEqual([
      { trouble: 'failing', on: [1], elsewhere: [0], groups: [['arm', 'arm too']] },
      { trouble: 'failing', on: [0], elsewhere: [1], groups: [['x86']] },
      { trouble: 'failing', on: [0, 1], elsewhere: [], groups: [['everywhere']] },
    ]);
  });

  it('tells three environments apart', () => {
    expect(sections({ 's/a': [pass, fail(), pass], 's/b': [pass, fail(), fail()] })).toEqual([
      { trouble: 'failing', on: [1], elsewhere: [0, 2], groups: [['a']] },
      { trouble: 'failing', on: [1, 2], elsewhere: [0], groups: [['b']] },
    ]);
  });

  it('keeps errors, missing programs and missing results apart from failures, and leaves skips alone', () => {
    expect(
      sections({
        's/e': [pass, error],
        's/m': [pass, missing],
        's/n': [pass, undefined],
        's/s': [pass, skip],
        's/gone': [missing, missing],
      }),
    ).toEqual([
      { trouble: 'error', on: [1], elsewhere: [0], groups: [['e']] },
      { trouble: 'missing', on: [1], elsewhere: [0], groups: [['m']] },
      { trouble: 'missing', on: [0, 1], elsewhere: [], groups: [['gone']] },
      { trouble: 'absent', on: [1], elsewhere: [0], groups: [['n']] },
    ]);
  });

  it('groups failures with one cause, the largest group first', () => {
    const one = fail('`a` ended with status 1');
    const alike = [fail('`b` ended with status 2'), fail('`c` ended with status 2')];
    const [section] = sections({ 's/a': [pass, one], 's/b': [pass, alike[0]], 's/c': [pass, alike[1]] });
    expect(section?.groups).toEqual([['b', 'c'], ['a']]);
  });

  it('queues causes by the number of cases they hold up', () => {
    const { causes } = target({
      's/a': [fail('x'), fail('y')],
      's/b': [pass, fail('y')],
      's/c': [pass, fail('y')],
      's/d': [skip, pass],
    });
    expect(causes.map(({ on, cause, rows }) => [on.map(({ column }) => column), cause, rows.length])).toEqual([
      [[1], 'fail: y', 3],
      [[0], 'fail: x', 1],
    ]);
  });

  it('lists the floors of a target that are not met', () => {
    const floor = { suite: 'signals', environment: 'linux/aarch64', atLeast: 3, executed: 2 };
    const met = { ...floor, environment: 'linux/x86_64', executed: 3 };
    const [first] = buildModel(runResults({ floors: [met, floor] })).targets;
    expect(first?.floorsNotMet).toEqual([{ ...floor, column: 1 }]);
  });

  it('takes ten thousand cases in four environments', () => {
    const environments = ['x86_64', 'aarch64', 'x86_64/smp', 'aarch64/smp'].map((rest) => environment(`linux/${rest}`));
    const results = environments.flatMap(({ id }, column) =>
      Array.from({ length: 10_000 }, (_, index) =>
        caseResult({
          suite: `suite ${index % 40}`,
          case: `case ${index}`,
          environment: id,
          verdict: index % 4 === column ? fail(`\`case ${index}\` failed`) : pass,
        }),
      ),
    );
    const [first] = buildModel(runResults({ environments, results })).targets;
    expect(first?.agreement).toEqual({ cases: 10_000, same: 0, asExpected: 0 });
    expect(first?.causes.map(({ rows, on }) => [rows.length, on.map((there) => there.rows.length)])).toEqual([
      [10_000, [2_500, 2_500, 2_500, 2_500]],
    ]);
  });
});
