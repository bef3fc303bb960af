import path from 'node:path';
import type { TestContext } from 'vitest';
import { folderName, writeEvidence } from '../evidence/folder.ts';
import { lastWordsOf, verdictText } from '../evidence/verdict-text.ts';
import { formatVersion } from '../qemu/version.ts';
import type { CaseOutcome } from '../suite/case-outcome.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { reportedMeta } from './context.ts';
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
 * Runs a case, keeps evidence of what did not pass, and tells the reporter.
 * @param run Runs the case; calls its argument while the machine still stands, when there is something to keep.
 */
export async function conclude(
  file: SuiteFile,
  started: StartedCase,
  context: TestContext,
  run: (keepEvidence: (outcome: CaseOutcome) => Promise<void>) => Promise<CaseOutcome>,
): Promise<Conclusion> {
  let text: string | undefined;
  const outcome = await run(async (found) => {
    text = keepFinding(file, started, context.task, found);
  });
  if (text === undefined) keepFinding(file, started, context.task, outcome);
  return { verdict: outcome.verdict, settle: () => settle(outcome.verdict, text, context) };
}

/**
 * Tells the reporter what became of a case, and writes evidence when it did not pass.
 * @returns the text that a person reads first, in vitest's list of failures.
 */
export function keepFinding(
  { context: { environment, reports, root }, path: file }: Pick<SuiteFile, 'context' | 'path'>,
  started: StartedCase,
  task: TestContext['task'],
  { verdict, subtests, notes, durationMs, stages, machine }: CaseOutcome,
): string {
  const folder = path.join('evidence', environment.id, folderName(started.suite), folderName(started.case));
  const shown = path.relative(root, path.join(reports, folder));
  const finding = { ...started, environment: environment.id, verdict, subtests, notes };
  const text = verdictText(finding, machine && lastWordsOf(machine), shown, machine !== undefined);
  const hasEvidence = verdict.kind !== 'pass' && verdict.kind !== 'skip';
  if (hasEvidence) writeEvidence(path.join(reports, folder), text, machine);
  reportedMeta(task.meta).twinboot = {
    qemu: machine?.version && formatVersion(machine.version),
    result: {
      suite: started.suite,
      case: started.case,
      ...(started.about ? { about: started.about } : {}),
      file,
      environment: environment.id,
      verdict,
      durationMs: Math.round(durationMs),
      subtests,
      stages,
      notes,
      ...(hasEvidence ? { evidence: folder } : {}),
    },
  };
  return listedText(finding, file, text);
}

function settle(verdict: Verdict, text: string | undefined, context: TestContext): void {
  switch (verdict.kind) {
    case 'pass':
      break;
    case 'skip':
      context.skip(verdict.because);
      break;
    case 'fail':
    case 'crash':
    case 'timeout':
    case 'missing':
    case 'error':
      throw new VerdictError(text ?? verdict.kind);
    default:
      verdict satisfies never;
  }
}
