import type { CaseAttempt } from '../report/results.ts';
import type { CaseOutcome } from '../suite/case-outcome.ts';
import { reportedMeta } from './context.ts';

/**
 * Tries a case until it passes, another attempt could not end otherwise, or no retry is left.
 * @param retries How many attempts may follow the first.
 * @param attempt Runs the case on a machine that no failed attempt has used.
 * @returns what became of the last attempt.
 */
export async function lastAttempt(retries: number, attempt: () => Promise<CaseOutcome>): Promise<CaseOutcome> {
  let outcome = await attempt();
  for (let left = retries; left > 0 && mayEndOtherwise(outcome); left--) outcome = await attempt();
  return outcome;
}

/**
 * What vitest is told of a test whose attempts are made within it: how many there may be, for its reports. It makes none
 * by itself: no error matches the condition.
 */
export function retriedWithin(retries: number) {
  return { retry: { count: retries, condition: /(?!)/ } };
}

/** The attempts of a test before this one, as it has told the reporter of them. */
export function earlierAttempts(meta: object): readonly CaseAttempt[] {
  const before = reportedMeta(meta).twinboot?.result;
  return before ? (before.attempts ?? [attemptOf(before)]) : [];
}

function attemptOf({ verdict, durationMs, notes, evidence }: CaseAttempt): CaseAttempt {
  return { verdict, durationMs, notes, ...(evidence === undefined ? {} : { evidence }) };
}

function mayEndOtherwise({ verdict, machine }: CaseOutcome): boolean {
  switch (verdict.kind) {
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
      // Without a machine the case was not even started: the kernel does not get to its shell, however often it is asked.
      return machine !== undefined;
    case 'pass':
    case 'skip':
    case 'expected-failure': // It would be no surprise either.
    case 'unexpected-pass': // Its declaration is to go, whatever the next attempt came to.
      return false;
    case 'missing': // The image does not grow a program from one attempt to the next.
    case 'error': // The same QEMU, disk or declaration again; and a pass after it would be called the kernel's flakiness.
      return false;
    default:
      return verdict satisfies never;
  }
}
