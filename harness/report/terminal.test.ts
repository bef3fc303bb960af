import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { buildModel } from './model.ts';
import type { RunResults } from './results.ts';
import { renderTerminal } from './terminal.ts';

function linesOf(results: RunResults, width?: number): string[] {
  const options = { colour: false, reports: 'reports/latest', ...(width === undefined ? {} : { width }) };
  return renderTerminal(buildModel(results), options).split('\n');
}

const timeout: Verdict = { kind: 'timeout', afterMs: 20_000, waitingFor: 'exit status of `alarm_test`' };

describe('renderTerminal', () => {
  it('gives reason and evidence right under the failing case', () => {
    const failing = caseResult({
      environment: 'linux/aarch64',
      verdict: timeout,
      about: 'SIGALRM reaches its handler',
      evidence: 'evidence/linux/aarch64/signals/alarm_test',
    });
    const lines = linesOf(runResults({ results: [caseResult(), failing] }));
    const title = lines.indexOf('  Passes on x86_64, not on aarch64');
    expect(lines.slice(title, title + 5)).toEqual([
      '  Passes on x86_64, not on aarch64',
      '    signals › alarm_test',
      '      SIGALRM reaches its handler',
      '      timeout after 20.0 s: waiting for exit status of `alarm_test`',
      '      reports/latest/evidence/linux/aarch64/signals/alarm_test',
    ]);
  });

  it('keeps within its width, whatever wraps, but never breaks a path', () => {
    const evidence = `evidence/linux/x86_64/${'deep/'.repeat(20)}end`;
    const failing = caseResult({
      verdict: { kind: 'fail', reason: 'word '.repeat(60) },
      about: 'about '.repeat(40),
      evidence,
    });
    const lines = linesOf(
      runResults({ results: [failing, caseResult({ suite: 'a suite of a long name '.repeat(8) })] }),
      60,
    );
    expect(lines.filter((line) => line.length > 60)).toEqual([`      reports/latest/${evidence}`]);
  });

  it('puts eight environments below each other where they do not fit side by side', () => {
    const environments = Array.from({ length: 8 }, (_, index) => environment(`linux/x86_64/profile-${index}`));
    const lines = linesOf(
      runResults({ environments, results: environments.map(({ id }) => caseResult({ environment: id })) }),
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    for (let index = 0; index < 8; index += 1) expect(lines.join('\n')).toContain(`x86_64/profile-${index}`);
    expect(lines.filter((line) => line.startsWith('  total'))).toHaveLength(3);
  });

  it('gives every target a block of its own', () => {
    const environments = [environment('linux/x86_64'), environment('breenix/x86_64')];
    const lines = linesOf(
      runResults({ environments, results: environments.map(({ id }) => caseResult({ environment: id })) }),
    );
    expect(lines.filter((line) => line.startsWith('Results: '))).toEqual([
      'Results: linux   x86_64',
      'Results: breenix   x86_64',
    ]);
  });

  it('says that a run was cut short or filtered before anything else', () => {
    const { run } = runResults();
    const lines = linesOf(
      runResults({ run: { ...run, complete: false, filter: ['signals'] }, results: [caseResult()] }),
    );
    expect(lines.slice(0, 2)).toEqual([
      'The run was cut short: cases that it did not reach have no result.',
      'Only what matches "signals" was run.',
    ]);
  });

  it('does not call nearly all of them 100 %', () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `case ${index}`);
    const results = names.flatMap((name, index) => [
      caseResult({ case: name }),
      caseResult({ case: name, environment: 'linux/aarch64', verdict: index === 7 ? timeout : { kind: 'pass' } }),
    ]);
    expect(linesOf(runResults({ results }))).toContain('  parity 99.9 % (1 of 3000 cases differs)');
  });

  it('shows the beginning of a large failure and where the rest is', () => {
    const results = Array.from({ length: 500 }, (_, index) => caseResult({ case: `case ${index}`, verdict: timeout }));
    const lines = linesOf(runResults({ environments: [environment('linux/x86_64')], results }));
    expect(lines.length).toBeLessThan(40);
    expect(lines).toContain('    500 cases: timeout: waiting for exit status of `…`');
    expect(lines).toContain('      … and 492 cases more, in reports/latest/parity.md');
  });

  it('says in which environment a boot stopped, and where', () => {
    const stages = [
      { name: 'entry', atMs: 300 },
      { name: 'shell', atMs: 900 },
    ];
    const results = [caseResult({ stages }), caseResult({ environment: 'linux/aarch64', stages: stages.slice(0, 1) })];
    expect(linesOf(runResults({ results }))).toContain(
      '  boot to shell: 900 ms on x86_64, only to entry 300 ms on aarch64',
    );
  });

  it('mentions different machines in one line where everything passes', () => {
    const environments = [environment('linux/x86_64', { cpus: 1 }), environment('linux/aarch64', { cpus: 4 })];
    const lines = linesOf(
      runResults({ environments, results: environments.map(({ id }) => caseResult({ environment: id })) }),
    );
    expect(lines).toContain('  the machines differ in cpus');
  });

  it('lists flaky cases by name even where everything passes, and counts them last of all', () => {
    const attempts = [
      { verdict: timeout, durationMs: 20_000, notes: [], evidence: 'evidence/linux/x86_64/signals/x' },
      { verdict: { kind: 'pass' } as const, durationMs: 120, notes: [] },
    ];
    const results = Array.from({ length: 20 }, (_, index) => caseResult({ case: `case ${index}`, attempts }));
    const lines = linesOf(runResults({ environments: [environment('linux/x86_64')], results }));
    const title = lines.indexOf('  Flaky: 20 cases did not pass at the first attempt');
    expect(lines.slice(title + 1, title + 4)).toEqual([
      '    signals › case 0: pass at attempt 2',
      '      attempt 1: timeout after 20.0 s: waiting for exit status of `alarm_test`',
      '      reports/latest/evidence/linux/x86_64/signals/x',
    ]);
    expect(lines).toContain('    … and 8 cases more, in reports/latest/parity.md');
    expect(lines).toContain('20 results in 63.0 s: 20 pass; flaky: 20');
  });

  it('shows a failure that is expected in one section, with its reason, and paints nothing red', () => {
    const verdict = { kind: 'expected-failure', because: 'no port', issue: '#12', actual: timeout } as const;
    const results = [
      caseResult(),
      caseResult({ environment: 'linux/aarch64', verdict }),
      caseResult({ case: 'b', verdict }),
      caseResult({
        case: 'b',
        environment: 'linux/aarch64',
        verdict: { ...verdict, actual: { kind: 'fail', reason: 'x' } },
      }),
    ];
    const lines = linesOf(runResults({ results }));
    expect(lines).toContain('  parity 0.0 % (2 of 2 cases differ; 2 cases fail as expected)');
    const title = lines.indexOf('  Expected failures (3)');
    expect(lines.slice(title + 1, lines.indexOf('', title))).toEqual([
      '    signals › alarm_test on aarch64: no port, #12',
      '      timeout after 20.0 s: waiting for exit status of `alarm_test`',
      '    signals › b on x86_64 and aarch64: no port, #12',
      '      x86_64: timeout after 20.0 s: waiting for exit status of `alarm_test`',
      '      aarch64: fail: x',
    ]);
    expect(lines).toContain('4 results in 63.0 s: 1 pass, 3 expected-failure');
    const coloured = renderTerminal(buildModel(runResults({ results })), { colour: true, reports: 'r' });
    expect(coloured).not.toContain('\x1b[31m');
    expect(coloured).toMatch(/^\x1b\[33m4 results in/m);
  });

  it('shows the first of many failures that are expected', () => {
    const verdict = { kind: 'expected-failure', because: 'no port', actual: timeout } as const;
    const results = Array.from({ length: 20 }, (_, index) => caseResult({ case: `case ${index}`, verdict }));
    const lines = linesOf(runResults({ environments: [environment('linux/x86_64')], results }));
    expect(lines).toContain('  Expected failures (20)');
    expect(lines).toContain('    … and 8 cases more, in reports/latest/parity.md');
  });

  it('says last of all findings what to delete after a pass that is not expected', () => {
    const verdict = { kind: 'unexpected-pass', because: 'no port' } as const;
    const lines = linesOf(runResults({ results: [caseResult({ verdict })] }), 200);
    const title = lines.indexOf('Unexpected passes (1)');
    expect(lines.slice(title + 1)).toEqual([
      '  signals › alarm_test passes on linux/x86_64, and fails nowhere in this run',
      '    expectFailure: { because: "no port" }',
      '    delete it from "alarm_test" in suites/signals/signals.test.ts',
      '',
      'linux: 100 % pass on x86_64 (1 of 1 executed), nothing executed on aarch64; parity 0.0 %',
      '1 result in 63.0 s: 1 unexpected-pass',
      'reports/latest/parity.md, junit.xml, results.json',
      '',
    ]);
  });

  it('gives no green summary to a run with a flaky case', () => {
    const summaryOf = (results: RunResults['results']) => {
      const text = renderTerminal(buildModel(runResults({ results })), { colour: true, reports: 'r' });
      return text.split('\n').find((line) => line.includes(' in 63.0 s: '));
    };
    const attempts = [timeout, { kind: 'pass' } as const].map((verdict) => ({ verdict, durationMs: 1, notes: [] }));
    expect(summaryOf([caseResult()])).toMatch(/^\x1b\[32m/);
    expect(summaryOf([caseResult({ attempts })])).toMatch(/^\x1b\[33m/);
  });

  it('shows what is to be known of the whole run above the tables', () => {
    const run = { ...runResults().run, notices: ['linux/x86_64: no clones', 'linux/aarch64: no clones'] };
    expect(linesOf(runResults({ run, results: [caseResult()] })).slice(0, 3)).toEqual([
      'linux/x86_64: no clones',
      'linux/aarch64: no clones',
      '',
    ]);
  });

  it('renders a run without environments or results', () => {
    expect(linesOf(runResults({ environments: [] }))[0]).toBe('0 results in 63.0 s: no results');
  });

  it('sends nothing to the terminal that the terminal would obey', () => {
    fc.assert(
      fc.property(hostileText, hostileText, (name, said) => {
        const verdict: Verdict = { kind: 'fail', reason: said };
        const subtests = [{ name, verdict }];
        const attempt = { verdict, durationMs: 1, notes: [said], evidence: name };
        const machine = { network: { kind: said, name }, [name]: said };
        const environments = [environment('linux/x86_64', machine), environment('linux/aarch64')];
        const results = [
          caseResult({
            suite: name,
            case: said,
            about: said,
            verdict,
            subtests,
            notes: [said],
            evidence: name,
            stages: [{ name, atMs: 1 }],
            attempts: [attempt, attempt],
          }),
          caseResult({
            suite: name,
            case: said,
            environment: 'linux/aarch64',
            attempts: [attempt, { ...attempt, verdict: { kind: 'pass' } }],
          }),
          caseResult({
            suite: name,
            case: name,
            file: said,
            verdict: { kind: 'expected-failure', because: said, issue: name, actual: { kind: 'fail', reason: said } },
          }),
          caseResult({
            suite: name,
            case: name,
            file: said,
            environment: 'linux/aarch64',
            verdict: { kind: 'unexpected-pass', because: said, issue: name, on: [name] },
          }),
        ];
        const { run } = runResults();
        const text = renderTerminal(
          buildModel(runResults({ run: { ...run, filter: [said], notices: [said] }, environments, results })),
          { colour: false, reports: 'r' },
        );
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});
