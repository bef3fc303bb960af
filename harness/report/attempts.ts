import { causeOf } from '../verdict/cause.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { exitCodeOfVerdict } from './exit.ts';
import { counted } from './layout.ts';
import type { Row } from './matrix.ts';
import type { CaseAttempt, CaseResult } from './results.ts';

/** A case that is well in an environment, but was not at once. */
export interface FlakyCase {
  readonly row: Row;
  /** The environment's. */
  readonly column: number;
  readonly result: CaseResult;
}

/** Whether the case came out well after an attempt that did not. It counts as what it came to; that it wavered is told beside. */
export function isFlaky({ verdict, attempts = [] }: Pick<CaseResult, 'verdict' | 'attempts'>): boolean {
  return isWell({ verdict }) && !attempts.every(isWell);
}

export function flakyCases(rows: readonly Row[]): FlakyCase[] {
  return rows.flatMap((row) =>
    row.cells.flatMap((result, column) => (result && isFlaky(result) ? [{ row, column, result }] : [])),
  );
}

/** The attempts before the last that did not come out well. */
export function failedBefore({ attempts = [] }: CaseResult): CaseAttempt[] {
  return attempts.slice(0, -1).filter((attempt) => !isWell(attempt));
}

/** The attempts before the last in words, each on its line; one line where the last was like all of them. */
export function describeEarlier({ attempts = [] }: CaseResult): string[] {
  if (attempts.length === 0) return [];
  const causes = new Set(attempts.map(({ verdict }) => causeOf(verdict)));
  if (causes.size === 1) return [`the same at each of ${counted(attempts.length, 'attempt')}`];
  return attempts.slice(0, -1).map(({ verdict }, index) => `attempt ${index + 1}: ${describeVerdict(verdict)}`);
}

function isWell({ verdict }: Pick<CaseAttempt, 'verdict'>): boolean {
  return exitCodeOfVerdict(verdict) === 0;
}
