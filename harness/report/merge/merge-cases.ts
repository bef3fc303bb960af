import { exitCodeOfVerdict } from '../exit.ts';
import type { CaseAttempt, CaseResult } from '../results.ts';
import type { MergeSource } from './merge.ts';

/**
 * The cases of all runs, the earliest run first.
 * @param environments Their ids, in the order in which reports have them.
 * @returns by environment, by file, and within it as the first run has them.
 */
export function mergeCases(sources: readonly MergeSource[], environments: readonly string[]): CaseResult[] {
  const merged = new Map<string, CaseResult>();
  for (const { results } of sources) {
    const occurrences = new Map<string, number>();
    for (const result of results.results) {
      const name = nameOf(result);
      const occurrence = occurrences.get(name) ?? 0;
      occurrences.set(name, occurrence + 1);
      const key = `${occurrence} ${name}`;
      const earlier = merged.get(key);
      merged.set(key, earlier ? joined(earlier, result) : result);
    }
  }
  const column = new Map(environments.map((id, index) => [id, index]));
  return [...merged.values()].sort(
    (a, b) =>
      (column.get(a.environment) ?? 0) - (column.get(b.environment) ?? 0) ||
      (a.file < b.file ? -1 : Number(a.file > b.file)),
  );
}

/** The lengths keep names apart that end where others begin. */
function nameOf({ environment, file, suite, case: name }: CaseResult): string {
  return `${environment.length} ${file.length} ${suite.length} ${environment}${file}${suite}${name}`;
}

/** A case that was run again: all is as the later run says, and its attempts are those of both, unless each of them was well. */
function joined(earlier: CaseResult, later: CaseResult): CaseResult {
  const attempts = [...attemptsOf(earlier), ...attemptsOf(later)];
  const allWell = attempts.every(({ verdict }) => exitCodeOfVerdict(verdict) === 0);
  return allWell ? later : { ...later, attempts };
}

function attemptsOf({ attempts, verdict, durationMs, notes, evidence }: CaseResult): readonly CaseAttempt[] {
  return attempts ?? [{ verdict, durationMs, notes, ...(evidence === undefined ? {} : { evidence }) }];
}
