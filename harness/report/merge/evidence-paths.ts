import type { CaseResult, RunResults } from '../results.ts';

/**
 * The results with the paths of their evidence as a file in another folder would have them.
 * @param place Where a path leads from there; `undefined` when the evidence is not there any more.
 * @returns also how many pieces of evidence are gone: results do not point at them any more.
 */
export function relocateEvidence(
  results: RunResults,
  place: (evidence: string) => string | undefined,
): { readonly results: RunResults; readonly gone: readonly string[] } {
  const gone: string[] = [];
  const moved = <T extends Pick<CaseResult, 'evidence'>>(holder: T): T => {
    const { evidence, ...rest } = holder;
    if (evidence === undefined) return holder;
    const there = place(evidence);
    if (there === undefined) gone.push(evidence);
    return (there === undefined ? rest : { ...holder, evidence: there }) as T;
  };
  const relocated = results.results.map((result) => {
    const own = moved(result);
    return result.attempts ? { ...own, attempts: result.attempts.map(moved) } : own;
  });
  return { results: { ...results, results: relocated }, gone: [...new Set(gone)] };
}
