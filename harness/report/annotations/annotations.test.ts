import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { parseBaseline } from '../baseline/baseline-text.ts';
import { compare } from '../baseline/comparison.ts';
import { mergeResults } from '../merge/merge.ts';
import { type CaseResult, parseResults, type RunResults } from '../results.ts';
import { annotationsOf } from './annotations.ts';
import { codeQuality } from './code-quality.ts';
import { githubCommands } from './github-commands.ts';

const fail = (reason: string): Verdict => ({ kind: 'fail', reason });
const reports = 'reports/merged';
const place = { folder: '', report: 'reports/merged/parity.md' };

function commandsOf(results: RunResults, baseline?: string): string[] {
  const comparison = baseline === undefined ? undefined : compare(parseBaseline(baseline, 'baseline.txt'), results);
  return githubCommands(annotationsOf(results, { comparison, reports }), place).split('\n').slice(0, -1);
}

function failing(name: string, reason: string, parts: Partial<CaseResult> = {}): CaseResult {
  return caseResult({ case: name, line: 7, verdict: fail(reason), ...parts });
}

describe('annotations', () => {
  it('are a line of GitHub’s for each case that makes the run red, at the line that declares it', async () => {
    const mixed = parseResults(readFileSync(new URL('../samples/mixed.json', import.meta.url), 'utf8'), 'mixed.json');
    const annotations = annotationsOf(mixed, { reports });
    await expect(githubCommands(annotations, place)).toMatchFileSnapshot('../samples/mixed.github.txt');
    await expect(codeQuality(annotations, '')).toMatchFileSnapshot('../samples/mixed.gitlab.json');
  });

  it('are none of a run that is well', () => {
    expect(
      commandsOf(runResults({ results: [caseResult(), caseResult({ verdict: { kind: 'skip', because: 'x' } })] })),
    ).toEqual([]);
    expect(codeQuality([], '')).toBe('[]\n');
  });

  it('begin with a case of each cause, the cause that holds up most cases first', () => {
    const results = [
      failing('rare', 'no memory'),
      ...['a', 'b', 'c'].map((name) => failing(name, 'no timer')),
      ...['d', 'e'].map((name) => failing(name, 'no tty')),
      caseResult({ case: 'g', verdict: { kind: 'missing', what: 'g' } }),
      caseResult({ case: 'f', verdict: { kind: 'error', reason: 'no QEMU' } }),
      caseResult({ case: 'h', verdict: { kind: 'unexpected-pass', because: 'no port' } }),
    ];
    const titles = annotationsOf(runResults({ results }), { reports }).map(({ title }) => title.split(' ')[2]);
    expect(titles).toEqual(['a', 'd', 'rare', 'h', 'f', 'g', 'b', 'c', 'e']);
    const [first] = annotationsOf(runResults({ results }), { reports });
    expect(first?.message).toEqual(['fail: no timer', '2 more cases of this cause: signals > b, signals > c']);
  });

  it('name every environment where a case fails alike, and what each says where they differ in words', () => {
    const arm = { environment: 'linux/aarch64' };
    const alike = runResults({ results: [failing('a', 'no'), failing('a', 'no', { ...arm, evidence: 'evidence/a' })] });
    expect(commandsOf(alike)).toEqual([
      '::error file=suites/signals/signals.test.ts,line=7,title=signals > a on linux/x86_64 and linux/aarch64::fail: no%0Aevidence  reports/merged/evidence/a',
    ]);
    const unlike = runResults({ results: [failing('a', 'took 3 s'), failing('a', 'took 4 s', arm)] });
    expect(commandsOf(unlike)[0]).toContain('::linux/x86_64: fail: took 3 s%0Alinux/aarch64: fail: took 4 s');
  });

  it('are ten at most of a kind, and a notice that counts the others', () => {
    const results = [
      ...Array.from({ length: 11 }, (_, index) => failing(`case ${index}`, `cause ${'x'.repeat(index + 1)}`)),
      failing('case 0, again', 'cause x'),
      ...Array.from({ length: 12 }, (_, index) =>
        caseResult({
          case: `flaky ${index}`,
          attempts: [fail('once'), { kind: 'pass' } as const].map((verdict) => ({ verdict, durationMs: 1, notes: [] })),
        }),
      ),
    ];
    const commands = commandsOf(runResults({ results }));
    expect(commands.map((line) => line.slice(2, line.indexOf(' ')))).toEqual([
      ...Array<string>(10).fill('error'),
      ...Array<string>(10).fill('warning'),
      'notice',
    ]);
    expect(commands.at(-1)).toBe(
      '::notice title=Not annotated::GitHub shows 10 annotations of a kind; 4 more cases did not get one, with 1 cause that is annotated nowhere. All of them: reports/merged/parity.md',
    );
  });

  it('are of what a baseline does not excuse', () => {
    const results = runResults({
      environments: [environment('linux/x86_64')],
      results: [failing('known', 'no'), failing('worse', 'no'), failing('new', 'no'), caseResult({ case: 'fine' })],
    });
    const recorded = ['fail # known', 'pass # worse', 'pass # fine', 'pass # gone', 'fail # gone, too'];
    const lines = recorded.map((line) => line.replace('#', 'linux/x86_64 signals >'));
    const commands = commandsOf(results, ['# twinboot-baseline/1', ...lines].join('\n'));
    expect(commands).toEqual([
      '::error title=Gone%3A recorded%2C and without a result on linux/x86_64::signals > gone, signals > gone, too',
      '::error file=suites/signals/signals.test.ts,line=7,title=signals > worse on linux/x86_64::was pass, now fail: no%0A1 more case of this cause: signals > new',
      '::error file=suites/signals/signals.test.ts,line=7,title=signals > new on linux/x86_64::fail: no',
    ]);
  });

  it('name first the job that is lost, the one that died half way, and the floor that does not hold', () => {
    const job = (id: string, arch: string, complete: boolean) => ({
      name: id,
      results: runResults({
        run: {
          ...runResults().run,
          id,
          complete,
          scope: {
            declared: ['linux/x86_64', 'linux/aarch64', 'linux/riscv64'],
            asked: [`linux/${arch}`],
            shard: { index: 1, count: 2, cut: 'a' },
          },
        },
        environments: [environment(`linux/${arch}`)],
        results: [failing('a', 'no', { environment: `linux/${arch}` })],
        floors: [{ suite: 'signals', environment: `linux/${arch}`, atLeast: 2, executed: 1 }],
      }),
    });
    const merged = mergeResults([job('1', 'x86_64', true), job('2', 'aarch64', false)], { expect: [], strict: true });
    const whole = '::error title=The run is not whole::';
    const floor = '::error file=suites/signals/signals.test.ts,title=Too few cases of signals on linux/';
    expect(commandsOf(merged)).toEqual([
      `${whole}Shard 2/2 of linux/x86_64 is missing.`,
      `${whole}Shard 2/2 of linux/aarch64 is missing.`,
      `${whole}No job ran linux/riscv64.`,
      '::error title=The run is not complete::Parts of the run are missing or were cut short: what they did not reach has no result.%0ACut short: linux/aarch64, shard 1/2 (begun 2026-01-31T12:00:00.000Z on linux).',
      `${floor}x86_64::1 case executed, at least 2 declared`,
      `${floor}aarch64::1 case executed, at least 2 declared`,
      expect.stringContaining('title=signals > a on linux/x86_64 and linux/aarch64::fail: no'),
    ]);
  });

  it('say of a run of one job that it was cut short', () => {
    const cut = runResults({ run: { ...runResults().run, complete: false }, results: [caseResult()] });
    expect(commandsOf(cut)).toEqual([
      '::error title=The run is not complete::The run was cut short: cases that it did not reach have no result.',
    ]);
  });

  it('name files from the checkout’s root', () => {
    const annotations = annotationsOf(runResults({ results: [failing('a', 'no')] }), { reports });
    expect(githubCommands(annotations, { ...place, folder: 'os/kernel' })).toContain(
      'file=os/kernel/suites/signals/signals.test.ts,',
    );
    expect(JSON.parse(codeQuality(annotations, 'os/kernel'))).toMatchObject([
      { location: { path: 'os/kernel/suites/signals/signals.test.ts', lines: { begin: 7 } } },
    ]);
  });
});

describe('whatever a guest and a suite file say', () => {
  const hostileRun = fc
    .array(fc.tuple(hostileText, hostileText, hostileText), { minLength: 1, maxLength: 8 })
    .map((cases) =>
      runResults({
        results: cases.map(([suite, name, reason]) => failing(name, reason, { suite, file: `suites/${suite}` })),
      }),
    );

  it('a command is one line that the runner takes for what it is', () => {
    fc.assert(
      fc.property(hostileRun, (results) => {
        for (const line of commandsOf(results)) {
          expect(line).toMatch(/^::(error|warning|notice) (file=[^,]*,)?(line=\d+,)?title=[^,:]*::./);
          expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        }
      }),
      {
        examples: [
          [runResults({ results: [failing('a,b::c', '100 %0A\n::error::x\r', { suite: '::', file: 'a:b,c' })] })],
        ],
      },
    );
  });

  it('GitLab’s findings differ in their fingerprints where they are of different cases', () => {
    fc.assert(
      fc.property(hostileRun, (results) => {
        const annotations = annotationsOf(results, { reports });
        const found = JSON.parse(codeQuality(annotations, '')) as { readonly fingerprint: string }[];
        expect(new Set(found.map(({ fingerprint }) => fingerprint)).size).toBe(found.length);
      }),
    );
  });
});
