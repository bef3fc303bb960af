import { describe, expect, it } from 'vitest';
import { caseResult, runResults } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { exitCodeFor } from './exit.ts';

const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };

function codeOf(...verdicts: Verdict[]): number {
  return exitCodeFor(runResults({ results: verdicts.map((verdict) => caseResult({ verdict })) }));
}

describe('exitCodeFor', () => {
  it('is 0 when every case passes or is declared not applicable', () => {
    expect(codeOf(pass, { kind: 'skip', because: 'x86 only' })).toBe(0);
  });

  it('is 0 for a gap that is known', () => {
    expect(codeOf(pass, { kind: 'expected-failure', because: 'x', actual: { kind: 'fail', reason: 'y' } })).toBe(0);
  });

  it.each<Verdict>([
    fail,
    { kind: 'crash', cause: 'reset', title: 'the machine reset' },
    { kind: 'timeout', afterMs: 1, waitingFor: 'a prompt' },
    { kind: 'missing', what: '/bin/ls' },
    { kind: 'unexpected-pass', because: 'no port' },
  ])('is 1 for $kind', (verdict) => {
    expect(codeOf(pass, verdict, pass)).toBe(1);
  });

  it('is 69 for an error of the infrastructure, also beside failures', () => {
    expect(codeOf(pass, error)).toBe(69);
    expect(codeOf(fail, error, fail)).toBe(69);
  });

  it('is 1 when a floor is not met although every case passes', () => {
    const floor = { suite: 'signals', environment: 'linux/x86_64', atLeast: 2, executed: 1 };
    expect(exitCodeFor(runResults({ results: [caseResult()], floors: [floor] }))).toBe(1);
    expect(exitCodeFor(runResults({ results: [caseResult()], floors: [{ ...floor, executed: 2 }] }))).toBe(0);
  });

  it('is 1 when the run was cut short', () => {
    const { run } = runResults();
    expect(exitCodeFor(runResults({ run: { ...run, complete: false }, results: [caseResult()] }))).toBe(1);
  });
});
