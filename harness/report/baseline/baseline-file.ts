import { readFileSync } from 'node:fs';
import { DeclarationError, EnvironmentError } from '../../errors.ts';
import type { RunResults } from '../results.ts';
import { writeWhole } from '../write.ts';
import type { Baseline } from './baseline.ts';
import { emptyBaseline, formatBaseline, parseBaseline } from './baseline-text.ts';
import { checkSameSuites } from './check-baseline.ts';
import { type Comparison, compare } from './comparison.ts';
import { recordBaseline } from './record.ts';

/** What somebody asked for of a baseline. */
export interface BaselineRequest {
  /** As a person would type it. */
  readonly file: string;
  /** Record in it what was found. */
  readonly update: boolean;
}

/** What came of it. */
export interface BaselineOutcome {
  readonly file: string;
  /** With what the baseline held before. */
  readonly comparison: Comparison;
  readonly update: BaselineUpdate;
  /** Of the run, by the baseline as it is now. */
  readonly exitCode: Comparison['exitCode'];
}

export type BaselineUpdate =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'refused'; readonly because: string }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'written' };

/**
 * @throws DeclarationError when it does not exist, unless it is to be written; naming each line that cannot be meant.
 */
export function readBaseline({ file, update }: BaselineRequest): Baseline {
  try {
    return parseBaseline(readFileSync(file, 'utf8'), file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof DeclarationError) throw error;
    if (code === 'ENOENT' && update) return emptyBaseline;
    throw new DeclarationError(
      code === 'ENOENT'
        ? `The baseline ${file} does not exist; --update-baseline writes it`
        : `The baseline ${file} cannot be read: ${message}`,
      { cause: error },
    );
  }
}

/**
 * Compares a run with the baseline, and records it there where that is asked for and the run can be relied on.
 * @param resultsName Names the results in messages.
 * @throws DeclarationError when the baseline cannot be meant, or is one of other suites; it is left as it is then.
 * @throws EnvironmentError when it cannot be written.
 */
export function applyBaseline(request: BaselineRequest, results: RunResults, resultsName: string): BaselineOutcome {
  const { file } = request;
  const baseline = readBaseline(request);
  const outcome = compareWith(baseline, file, results, resultsName);
  if (!request.update) return outcome;
  const because = whyNotRecorded(results);
  if (because) return { ...outcome, update: { kind: 'refused', because } };
  const recorded = recordBaseline(baseline, results);
  const { exitCode } = compare(recorded, results);
  const text = formatBaseline(recorded);
  if (text === textOf(file)) return { ...outcome, update: { kind: 'unchanged' }, exitCode };
  write(file, text);
  return { ...outcome, update: { kind: 'written' }, exitCode };
}

/**
 * Compares a run with what is held of an earlier one.
 * @param name Names that in messages.
 * @throws DeclarationError when they are of different suites.
 */
export function compareWith(before: Baseline, name: string, results: RunResults, resultsName: string): BaselineOutcome {
  checkSameSuites(before, name, results, resultsName);
  const comparison = compare(before, results);
  return { file: name, comparison, update: { kind: 'not-asked' }, exitCode: comparison.exitCode };
}

/** What such a run says is not what the kernel does. */
function whyNotRecorded({ run, results }: RunResults): string | undefined {
  if (!run.complete) return 'the run was cut short';
  const errors = results.filter(({ verdict }) => verdict.kind === 'error').length;
  if (errors > 0) return `${errors === 1 ? 'one case' : `${errors} cases`} could not be judged`;
  return results.length === 0 ? 'no case was judged' : undefined;
}

function write(file: string, text: string): void {
  try {
    writeWhole(file, text);
  } catch (cause) {
    throw new EnvironmentError(`The baseline ${file} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
