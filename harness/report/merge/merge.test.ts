import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { exitCodeFor } from '../exit.ts';
import { parseResults, type RunResults, type Shard } from '../results.ts';
import { type MergeSource, mergeResults } from './merge.ts';

const DECLARED = ['linux/x86_64', 'linux/aarch64'];
const lenient = { expect: [], strict: false };
const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };

interface Job {
  readonly id: string;
  readonly on: string;
  readonly cases?: readonly Parameters<typeof caseResult>[0][];
  readonly run?: Partial<RunResults['run']>;
  readonly shard?: Omit<Shard, 'cut'> & { cut?: string };
  readonly floors?: RunResults['floors'];
}

/** What one job of a matrix leaves behind. */
function job({ id, on, cases = [{}], run = {}, shard, floors = [] }: Job): MergeSource {
  const whole = runResults({
    environments: [environment(on)],
    results: cases.map((parts) => caseResult({ environment: on, ...parts })),
    floors,
  });
  const scope = { declared: DECLARED, asked: [on], ...(shard ? { shard: { cut: 'alike', ...shard } } : {}) };
  return { name: `jobs/${id}`, results: { ...whole, run: { ...whole.run, id, scope, ...run } } };
}

const x86 = job({ id: 'x86', on: 'linux/x86_64' });
const arm = job({ id: 'arm', on: 'linux/aarch64' });

function verdictsOf({ results }: RunResults): string[] {
  return results.map(({ environment: id, case: name, verdict }) => `${id} ${name} ${verdict.kind}`);
}

describe('the results of a job for each architecture', () => {
  it('are one run, which can be written and read again', () => {
    const merged = mergeResults([x86, arm], lenient);
    expect(merged.run).toMatchObject({ complete: true, durationMs: 63_000, harness: '0.1.0' });
    expect(merged.run.faults).toBeUndefined();
    expect(merged.run.notices).toBeUndefined();
    expect(merged.environments.map(({ id }) => id)).toEqual(DECLARED);
    expect(verdictsOf(merged)).toEqual(['linux/x86_64 alarm_test pass', 'linux/aarch64 alarm_test pass']);
    expect(exitCodeFor(merged)).toBe(0);
    expect(parseResults(JSON.stringify(merged), 'results.json')).toEqual(merged);
  });

  it('are the same run in whatever order they are given', () => {
    const shards = [1, 2, 3].map((index) =>
      job({
        id: `arm${index}`,
        on: 'linux/aarch64',
        shard: { index, count: 3 },
        cases: [{ file: `suites/${9 - index}.ts` }],
        run: { startedAt: `2026-01-31T12:0${index % 2}:00.000Z` },
      }),
    );
    const jobs = [x86, ...shards, job({ id: 'again', on: 'linux/x86_64', cases: [{ verdict: fail }] })];
    const whole = JSON.stringify(mergeResults(jobs, lenient));
    fc.assert(
      fc.property(fc.shuffledSubarray(jobs, { minLength: jobs.length }), (shuffled) => {
        expect(JSON.stringify(mergeResults(shuffled, lenient))).toBe(whole);
      }),
    );
  });

  it('can be merged again with others', () => {
    const half = { name: 'half', results: mergeResults([x86], lenient) };
    expect(exitCodeFor(half.results)).toBe(1);
    const whole = mergeResults([half, arm], lenient);
    expect(exitCodeFor(whole)).toBe(0);
    expect(whole.run.parts?.map(({ id }) => id)).toEqual(['arm', 'x86']);
    expect(() =>
      mergeResults([half, { name: 'other', results: mergeResults([x86, arm], lenient) }], lenient),
    ).not.toThrow();
    const shifted = {
      name: 'shifted',
      results: mergeResults([arm, job({ id: 'third', on: 'linux/x86_64' })], lenient),
    };
    expect(() => mergeResults([{ name: 'whole', results: whole }, shifted], lenient)).toThrow(
      /^\S+ and \S+ share a run, and each holds others: merge what they were merged from$/,
    );
  });
});

describe('a matrix that lost a job', () => {
  it('is red when an architecture is missing, and names it', () => {
    const merged = mergeResults([x86], lenient);
    expect(merged.run).toMatchObject({ complete: false, faults: ['No job ran linux/aarch64.'] });
    expect(exitCodeFor(merged)).toBe(1);
  });

  it('is whole when that was not expected', () => {
    for (const place of ['x86_64', 'linux/x86_64']) {
      const merged = mergeResults([x86], { expect: [place], strict: true });
      expect(merged.run.complete).toBe(true);
      expect(exitCodeFor(merged)).toBe(0);
    }
    expect(exitCodeFor(mergeResults([x86], { expect: ['linux'], strict: false }))).toBe(1);
    expect(() => mergeResults([x86], { expect: ['aarch46'], strict: false })).toThrow(
      '--expect: expected "linux" | "x86_64" | "linux/x86_64" | "aarch64" | "linux/aarch64", got "aarch46" (did you mean "aarch64"?)',
    );
  });

  it('is red when a shard is missing: the others know how many there were', () => {
    const shard = (index: number) => job({ id: `${index}`, on: 'linux/aarch64', shard: { index, count: 4 } });
    const merged = mergeResults([x86, shard(1), shard(4)], lenient);
    expect(merged.run).toMatchObject({
      complete: false,
      faults: ['Shards 2/4, 3/4 of linux/aarch64 are missing.'],
    });
    expect(exitCodeFor(mergeResults([x86, ...[1, 2, 3, 4].map(shard)], lenient))).toBe(0);
  });

  it('is red when shards were cut in different ways: a file may be in none of them', () => {
    const cut = (index: number, cut: string) => job({ id: cut, on: 'linux/aarch64', shard: { index, count: 2, cut } });
    expect(mergeResults([x86, cut(1, 'a'), cut(2, 'b')], lenient).run.faults).toEqual([
      expect.stringMatching(/^The shards of linux\/aarch64 were not cut alike/),
    ]);
  });

  it('is red when a job was cut short, and keeps what that had', () => {
    const dead = job({ id: 'dead', on: 'linux/aarch64', run: { complete: false } });
    const merged = mergeResults([x86, dead], lenient);
    expect(merged.run.complete).toBe(false);
    expect(merged.run.notices).toEqual([expect.stringMatching(/^The run of linux\/aarch64 .* was cut short\.$/)]);
    expect(verdictsOf(merged)).toHaveLength(2);
  });

  it('is red when a job had a fault of its own', () => {
    const faulty = job({ id: 'f', on: 'linux/aarch64', run: { faults: ['Skipped, and no declaration says so: a.'] } });
    expect(exitCodeFor(mergeResults([x86, faulty], lenient))).toBe(1);
  });

  it('is red, when that is asked for, where a job judged nothing', () => {
    const empty = job({ id: 'empty', on: 'linux/aarch64', cases: [] });
    expect(exitCodeFor(mergeResults([x86, empty], lenient))).toBe(0);
    const strict = mergeResults([x86, empty], { expect: [], strict: true });
    expect(strict.run.faults).toEqual([expect.stringMatching(/^No case was judged on linux\/aarch64/)]);
    expect(exitCodeFor(strict)).toBe(1);
  });
});

describe('a job that was started again', () => {
  const later = { startedAt: '2026-01-31T13:00:00.000Z' };
  const again = (cases: Job['cases'] = [{}]) => job({ id: 'again', on: 'linux/aarch64', cases, run: later });

  it('makes a whole of one that died half way', () => {
    const dead = job({ id: 'dead', on: 'linux/aarch64', run: { complete: false } });
    const merged = mergeResults([x86, dead, again([{}, { case: 'itimer_test' }])], lenient);
    expect(merged.run).toMatchObject({ complete: true });
    expect(exitCodeFor(merged)).toBe(0);
    expect(verdictsOf(merged)).toHaveLength(3);
    expect(merged.results.some(({ attempts }) => attempts)).toBe(false);
  });

  it('adds its attempts: what has failed once is flaky, and no failure is hidden', () => {
    const first = job({ id: 'first', on: 'linux/aarch64', cases: [{ verdict: fail, evidence: 'evidence/a' }] });
    const [, result] = mergeResults([x86, first, again()], lenient).results;
    expect(result).toMatchObject({
      verdict: { kind: 'pass' },
      attempts: [{ verdict: fail, evidence: 'evidence/a' }, { verdict: { kind: 'pass' } }],
    });
    const worse = mergeResults([x86, arm, again([{ verdict: fail }])], lenient);
    expect(worse.results[1]).toMatchObject({
      verdict: fail,
      attempts: [{ verdict: { kind: 'pass' } }, { verdict: fail }],
    });
    expect(exitCodeFor(worse)).toBe(1);
    const blind = job({ id: 'blind', on: 'linux/aarch64', cases: [{ verdict: error }] });
    expect(exitCodeFor(mergeResults([x86, blind, again()], lenient))).toBe(0);
  });

  it('has the floors of the later run', () => {
    const floor = { suite: 'signals', environment: 'linux/aarch64', atLeast: 2 };
    const first = job({ id: 'first', on: 'linux/aarch64', floors: [{ ...floor, executed: 1 }] });
    const second = job({ id: 'second', on: 'linux/aarch64', floors: [{ ...floor, executed: 2 }], run: later });
    expect(mergeResults([x86, second, first], lenient).floors).toEqual([{ ...floor, executed: 2 }]);
  });
});

describe('what the jobs do not have in common', () => {
  it('is said: the versions of Twinboot and QEMU, and the machines', () => {
    const host = { os: 'Linux 6.1', cpus: 8, node: 'v22.0.0', qemu: { aarch64: '9.0.0' } };
    const other = job({
      id: 'other',
      on: 'linux/aarch64',
      shard: { index: 2, count: 2 },
      run: { harness: '0.2.0', host },
    });
    const machine = {
      ...other,
      results: { ...other.results, environments: [environment('linux/aarch64', { cpus: 4 })] },
    };
    const one = job({ id: 'one', on: 'linux/aarch64', shard: { index: 1, count: 2 } });
    const merged = mergeResults([x86, one, machine], lenient);
    expect(merged.run.notices).toEqual([
      'The jobs ran different versions of Twinboot: 0.1.0 and 0.2.0.',
      'The jobs ran different versions of QEMU for aarch64: 7.2.22 and 9.0.0.',
      'The jobs ran linux/aarch64 on machines that differ in cpus.',
    ]);
    expect(merged.run.host).toEqual({
      os: 'Linux 6.1 and linux',
      cpus: 8,
      node: '20.19.0 and v22.0.0',
      qemu: { x86_64: '7.2.22', aarch64: '7.2.22 and 9.0.0' },
    });
    expect(exitCodeFor(merged)).toBe(0);
  });

  it('is not what one of them is given twice', () => {
    const merged = mergeResults([x86, arm, { ...x86, name: 'copy' }], lenient);
    expect(merged.run.notices).toEqual(['jobs/x86 holds the same run as copy, and counts once.']);
    expect(merged.results).toHaveLength(2);
  });

  it('takes the fuller of two states of one run', () => {
    const early = job({ id: 'x86', on: 'linux/x86_64', cases: [], run: { complete: false } });
    const merged = mergeResults([{ ...early, name: 'a' }, x86, arm], lenient);
    expect(merged.run.complete).toBe(true);
    expect(merged.results).toHaveLength(2);
  });

  it('does not hide what each of them had noticed, and says it once', () => {
    const noticed = [x86, arm].map(({ name, results }) => ({
      name,
      results: { ...results, run: { ...results.run, notices: ['no symboliser'] } },
    }));
    expect(mergeResults(noticed, lenient).run.notices).toEqual(['no symboliser']);
  });
});
