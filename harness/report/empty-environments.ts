import type { CaseResult } from './results.ts';

/** A fault for each environment that was to be tested, and has no result: a pattern of suite files that matches none, say. */
export function emptyEnvironments(asked: readonly string[], results: readonly CaseResult[]): string[] {
  const judged = new Set(results.map(({ environment }) => environment));
  return asked
    .filter((id) => !judged.has(id))
    .map((id) => `No case was judged on ${id}, so nothing is known of it (--no-strict lets that pass).`);
}
