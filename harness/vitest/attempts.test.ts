import { describe, expect, test } from 'vitest';
import type { Machine } from '../machine/machine.ts';
import type { CaseAttempt } from '../report/results.ts';
import { type CaseOutcome, outcomeWithoutMachine } from '../suite/case-outcome.ts';
import { caseResult } from '../testing/results.ts';
import type { Failure, Verdict } from '../verdict/verdict.ts';
import { earlierAttempts, lastAttempt } from './attempts.ts';
import { reportedMeta } from './context.ts';

const pass: Verdict = { kind: 'pass' };
const fail: Verdict = { kind: 'fail', reason: 'status 1' };
const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'PANIC' };
const timeout: Verdict = { kind: 'timeout', afterMs: 1_000, waitingFor: 'a prompt' };
const skip: Verdict = { kind: 'skip', because: 'x86 only' };
const missing: Verdict = { kind: 'missing', what: '/bin/x' };
const expectedFailure: Verdict = { kind: 'expected-failure', because: 'no port', actual: fail as Failure };
const unexpectedPass: Verdict = { kind: 'unexpected-pass', because: 'no port' };
const error: Verdict = { kind: 'error', reason: 'no QEMU' };

/** What became of an attempt that had a machine; nobody asks it anything. */
const onMachine = (verdict: Verdict): CaseOutcome => ({ ...outcomeWithoutMachine(verdict), machine: {} as Machine });

/** Plays the outcomes in turn. @returns what the case came to, and how many attempts it took. */
async function played(retries: number, outcomes: readonly CaseOutcome[]) {
  let made = 0;
  const { verdict } = await lastAttempt(retries, async () => outcomes[made++] as CaseOutcome);
  return { verdict, made };
}

describe('a case', () => {
  test.each([[fail], [crash], [timeout]])('of which became %j is tried again until it passes', async (verdict) => {
    const outcomes = [verdict, verdict, pass, fail].map(onMachine);
    expect(await played(5, outcomes)).toEqual({ verdict: pass, made: 3 });
  });

  test('is tried as often as it may be, and no more', async () => {
    const outcomes = [crash, timeout, fail, pass].map(onMachine);
    expect(await played(2, outcomes)).toEqual({ verdict: fail, made: 3 });
    expect(await played(0, outcomes)).toEqual({ verdict: crash, made: 1 });
  });

  test.each([[pass], [skip], [missing], [error], [expectedFailure], [unexpectedPass]])(
    'of which became %j is not tried again',
    async (verdict) => {
      expect(await played(5, [verdict, pass].map(onMachine))).toEqual({ verdict, made: 1 });
    },
  );

  test('that was not started, because no machine gets so far, is not tried again', async () => {
    expect(await played(5, [outcomeWithoutMachine(crash)])).toEqual({ verdict: crash, made: 1 });
  });

  test('whose attempt throws is not tried again', async () => {
    let made = 0;
    const broken = lastAttempt(5, async () => {
      made++;
      throw new Error('a bug');
    });
    await expect(broken).rejects.toThrow('a bug');
    expect(made).toBe(1);
  });
});

describe('the attempts before', () => {
  const told = (attempts?: readonly CaseAttempt[]) => {
    const meta = {};
    const result = caseResult({ verdict: fail, notes: ['late'], evidence: 'e', ...(attempts ? { attempts } : {}) });
    reportedMeta(meta).twinboot = { result, qemu: undefined };
    return meta;
  };
  const first: CaseAttempt = { verdict: crash, durationMs: 10, notes: [] };
  const second: CaseAttempt = { verdict: fail, durationMs: 120, notes: ['late'], evidence: 'e' };

  test('are none as long as nothing was told', () => {
    expect(earlierAttempts({})).toEqual([]);
  });

  test('are what was told of the only one, or of all', () => {
    expect(earlierAttempts(told())).toEqual([second]);
    expect(earlierAttempts(told([first, second]))).toEqual([first, second]);
  });
});
