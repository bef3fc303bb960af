import { describe, expect, it } from 'vitest';
import { caseResult } from '../testing/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { describeEarlier, failedBefore, isFlaky } from './attempts.ts';
import type { CaseAttempt, CaseResult } from './results.ts';

const pass: Verdict = { kind: 'pass' };
const skip: Verdict = { kind: 'skip', because: 'no timer' };
const fail: Verdict = { kind: 'fail', reason: '`alarm_test` ended with status 1' };
const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'PANIC: deadlock' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };

const attemptOf = (verdict: Verdict): CaseAttempt => ({ verdict, durationMs: 100, notes: [] });

/** A case of which these became in turn. */
function tried(...verdicts: readonly [...Verdict[], Verdict]): CaseResult {
  const verdict = verdicts.at(-1) as Verdict;
  return caseResult({ verdict, ...(verdicts.length > 1 ? { attempts: verdicts.map(attemptOf) } : {}) });
}

describe('isFlaky', () => {
  it.each([[[fail, pass]], [[crash, fail, pass]], [[fail, skip]], [[error, pass]]] as const)(
    'holds for %j',
    (verdicts) => {
      expect(isFlaky(tried(...verdicts))).toBe(true);
    },
  );

  it.each([[[pass]], [[fail]], [[fail, crash]], [[pass, fail]], [[fail, error]], [[pass, pass]]] as const)(
    'does not hold for %j',
    (verdicts) => {
      expect(isFlaky(tried(...verdicts))).toBe(false);
    },
  );
});

describe('failedBefore', () => {
  it('has the attempts that failed, without the last, whatever that came to', () => {
    expect(failedBefore(tried(fail, pass, crash, fail))).toEqual([attemptOf(fail), attemptOf(crash)]);
    expect(failedBefore(tried(crash, pass))).toEqual([attemptOf(crash)]);
    expect(failedBefore(tried(fail))).toEqual([]);
  });
});

describe('describeEarlier', () => {
  it('numbers the attempts before the last', () => {
    expect(describeEarlier(tried(crash, fail, fail))).toEqual([
      'attempt 1: crash (panic): PANIC: deadlock',
      'attempt 2: fail: `alarm_test` ended with status 1',
    ]);
  });

  it('says once what came of all of them', () => {
    expect(describeEarlier(tried(crash, crash, crash))).toEqual(['the same at each of 3 attempts']);
  });

  it('has nothing to say of a case that was tried once', () => {
    expect(describeEarlier(tried(fail))).toEqual([]);
  });
});
