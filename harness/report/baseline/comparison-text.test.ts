import stripAnsi from 'strip-ansi';
import { describe, expect, it } from 'vitest';
import { caseResult, runResults } from '../../testing/results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { CaseResult } from '../results.ts';
import { type BaselineOutcome, compareWith } from './baseline-file.ts';
import { parseBaseline } from './baseline-text.ts';
import { comparisonMarkdown } from './comparison-markdown.ts';
import { comparisonText } from './comparison-text.ts';

const fail: Verdict = { kind: 'fail', reason: 'exit status 1 of `alarm_test`' };
const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: no memory <b>map</b>' };

const RECORDED = `# twinboot-baseline/1
goal 90 % aarch64
pass linux/aarch64 signals > alarm_test
pass linux/aarch64 signals > itimer_test
pass linux/aarch64 signals > signal_hander
fail linux/aarch64 signals > kill_test
hang linux/aarch64 signals > pause_test
fail linux/aarch64 signals > wait_test
pass linux/aarch64 signals > sleep_test
pass linux/x86_64 signals > alarm_test
pass calamity/x86_64 boot > memory
`;

function arm(name: string, parts: Partial<CaseResult> = {}): CaseResult {
  return caseResult({ case: name, environment: 'linux/aarch64', ...parts });
}

const results = runResults({
  run: {
    ...runResults().run,
    scope: { declared: ['linux/x86_64', 'linux/aarch64', 'calamity/x86_64'], asked: ['linux/x86_64', 'linux/aarch64'] },
  },
  results: [
    caseResult(),
    arm('alarm_test', { verdict: fail, evidence: 'evidence/linux/aarch64/signals/alarm_test' }),
    arm('itimer_test', { verdict: { kind: 'expected-failure', because: 'no timer', issue: '#7', actual: crash } }),
    arm('signal_handler'),
    arm('kill_test', { evidence: 'evidence/linux/aarch64/signals/kill_test' }),
    arm('pause_test', { verdict: crash, evidence: 'evidence/linux/aarch64/signals/pause_test' }),
    arm('wait_test', { verdict: fail }),
    arm('sleep_test', {
      attempts: [fail, { kind: 'pass' } as const].map((verdict) => ({ verdict, durationMs: 1, notes: [] })),
    }),
    arm('new_test', { verdict: crash }),
    arm('blind_test', { verdict: { kind: 'error', reason: 'no QEMU' } }),
  ],
});

const outcome: BaselineOutcome = compareWith(
  parseBaseline(RECORDED, 'baseline.txt'),
  'baseline.txt',
  results,
  'reports/latest',
);

describe('what has become of what is recorded', () => {
  it('is told on a terminal, what fails the run first', async () => {
    const text = comparisonText(outcome, { colour: false, reports: 'reports/latest' });
    await expect(text).toMatchFileSnapshot('../samples/baseline.txt');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stripAnsi(comparisonText(outcome, { colour: true, reports: 'reports/latest' }))).toBe(text);
  });

  it('is a part of a page', async () => {
    await expect(`${comparisonMarkdown(outcome).join('\n')}\n`).toMatchFileSnapshot('../samples/baseline.md');
  });

  it('is short where it is nothing', () => {
    const same = runResults({ results: [caseResult()] });
    const known = parseBaseline('# twinboot-baseline/1\npass linux/x86_64 signals > alarm_test', 'baseline.txt');
    const text = comparisonText(compareWith(known, 'baseline.txt', same, 'reports/latest'), {
      colour: false,
      reports: '',
    });
    expect(text).toBe(
      'Against baseline.txt: nothing has changed (1 case)\n  linux/x86_64: 100 % (1/1) → 100 % (1/1)\n',
    );
  });

  it('says of a run that is not whole why it is red', () => {
    const { run } = runResults();
    const cut = runResults({
      run: { ...run, complete: false, faults: ['No job ran linux/aarch64.'] },
      results: [caseResult()],
    });
    const known = parseBaseline('# twinboot-baseline/1\npass linux/x86_64 signals > alarm_test', 'baseline.txt');
    const { exitCode, comparison } = compareWith(known, 'baseline.txt', cut, 'reports/latest');
    expect(exitCode).toBe(1);
    expect(comparison.reservations).toEqual([
      'The run was cut short: cases that it did not reach have no result.',
      'No job ran linux/aarch64.',
    ]);
  });
});
