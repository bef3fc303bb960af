import path from 'node:path';
import type { TestContext } from 'vitest';
import { folderName, interruptLogNotes, keepInterruptLog, writeEvidence } from '../evidence/folder.ts';
import { investigate } from '../evidence/investigation.ts';
import { reproduceCommand } from '../evidence/reproduce-script.ts';
import { lastWordsOf, verdictText } from '../evidence/verdict-text.ts';
import { formatVersion } from '../qemu/version.ts';
import type { CaseAttempt } from '../report/results.ts';
import { type CaseOutcome, hasEvidence } from '../suite/case-outcome.ts';
import { fingerprintOf } from '../verdict/cause.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { earlierAttempts, lastAttempt } from './attempts.ts';
import { caseLine } from './case-line.ts';
import { reportedMeta } from './context.ts';
import { keepMachine } from './keep-machine.ts';
import { listedText } from './repeated-errors.ts';
import type { SuiteFile } from './suite-file.ts';

/** A case as its test knows it. */
export interface StartedCase {
  readonly suite: string;
  readonly case: string;
  readonly about: string | undefined;
}

export interface Conclusion {
  readonly verdict: Verdict;
  /** Ends the vitest test as the verdict says: returns, skips, or throws. */
  readonly settle: () => void;
}

/** Thrown into vitest for a verdict that is no pass. Its text is the whole story: a stack of the harness would say nothing. */
export class VerdictError extends Error {
  override readonly name = 'Verdict';

  constructor(text: string) {
    super(text);
    this.stack = `${this.name}: ${text}`;
  }
}

/**
 * Runs a case, again where it may be retried, keeps evidence of each attempt that did not pass, and tells the reporter.
 * @param run Makes an attempt; calls its argument while the machine still stands, when there is something to keep.
 * @param retries How many attempts may follow the first. Default none.
 */
export async function conclude(
  file: SuiteFile,
  started: StartedCase,
  context: TestContext,
  run: (keepEvidence: (outcome: CaseOutcome) => Promise<void>) => Promise<CaseOutcome>,
  retries = 0,
): Promise<Conclusion> {
  const { task } = context;
  let text: string | undefined;
  let made = 0;
  const { verdict } = await lastAttempt(retries, async () => {
    if (task.result) task.result.retryCount = made++; // For vitest's own list, which then tells of the retries.
    text = undefined;
    const outcome = await run(async (found) => {
      text = await keepFinding(file, started, task, found);
    });
    if (text === undefined) await keepFinding(file, started, task, outcome);
    return outcome;
  });
  return { verdict, settle: () => settle(verdict, text, context) };
}

/**
 * Tells the reporter what became of an attempt at a case, besides those it was told of before, and writes evidence when it
 * did not pass, or where that of cases that pass is asked for.
 * @returns the text that a person reads first, in vitest's list of failures.
 */
export async function keepFinding(
  { context: { environment, reports, root }, path: file }: Pick<SuiteFile, 'context' | 'path'>,
  started: StartedCase,
  task: TestContext['task'],
  outcome: CaseOutcome,
): Promise<string> {
  const { subtests, durationMs, stages, postCodes, interrupts, calls, machine } = outcome;
  const isFailing = outcome.verdict.kind !== 'pass' && outcome.verdict.kind !== 'skip';
  const isKept = hasEvidence(outcome, environment);
  const found = machine && isFailing ? await investigate(machine, outcome) : undefined;
  const verdict = found?.verdict ?? outcome.verdict;
  const logNotes = machine && isKept ? interruptLogNotes(machine) : [];
  const notes = [...outcome.notes, ...(found?.notes ?? []), ...logNotes];
  const earlier = earlierAttempts(task.meta);
  const within = earlier.length > 0 ? `attempt-${earlier.length + 1}` : '';
  const folder = path.join('evidence', environment.id, folderName(started.suite), folderName(started.case), within);
  const shown = path.relative(root, path.join(reports, folder));
  const finding = { ...started, file, environment: environment.id, verdict, subtests, notes, earlier };
  const reproduce = machine && reproduceCommand(machine.plan, shown);
  const text = verdictText(finding, machine && lastWordsOf(machine), shown, reproduce, found);
  if (isFailing) {
    writeEvidence(path.join(reports, folder), text, machine, found, outcome);
    await keepMachine(path.join(reports, folder), outcome);
  }
  if (machine && isKept) keepInterruptLog(path.join(reports, folder), machine);
  const line = caseLine(task, path.join(root, file), started.case);
  const attempt: CaseAttempt = {
    verdict,
    durationMs: Math.round(durationMs),
    notes,
    ...(isKept ? { evidence: folder } : {}),
  };
  reportedMeta(task.meta).twinboot = {
    qemu: machine?.version && formatVersion(machine.version),
    result: {
      suite: started.suite,
      case: started.case,
      ...(started.about ? { about: started.about } : {}),
      file,
      ...(line === undefined ? {} : { line }),
      environment: environment.id,
      ...attempt,
      ...(isFailing ? { fingerprint: fingerprintOf(verdict) } : {}),
      subtests,
      stages,
      ...(postCodes
        ? { postCodes: postCodes.map((code) => ({ ...code, atMs: Math.round(code.atMs * 10) / 10 })) }
        : {}),
      ...(interrupts ? { interrupts } : {}),
      ...(calls
        ? { calls: calls.functions.map(({ name, address, calls }) => ({ function: name, address, calls })) }
        : {}),
      ...(earlier.length > 0 ? { attempts: [...earlier, attempt] } : {}),
    },
  };
  return listedText(finding, file, text);
}

function settle(verdict: Verdict, text: string | undefined, context: TestContext): void {
  switch (verdict.kind) {
    case 'pass':
    case 'expected-failure':
      break;
    case 'skip':
      context.skip(verdict.because);
      break;
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'missing':
    case 'error':
    case 'unexpected-pass':
      throw new VerdictError(text ?? verdict.kind);
    default:
      verdict satisfies never;
  }
}
