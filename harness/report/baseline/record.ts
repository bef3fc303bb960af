import type { RunResults } from '../results.ts';
import {
  type Baseline,
  type BaselineEntry,
  type BaselineKind,
  kindOf,
  type NamedResult,
  resultsByKey,
} from './baseline.ts';
import { coversWhole } from './coverage.ts';

/**
 * The baseline with what a run has found: of what it was not to judge, everything stays. A case that is recorded as `flaky`
 * stays so whatever it came to this once, and one that is recorded as a pass stays one when it passes in the end.
 */
export function recordBaseline(baseline: Baseline, results: RunResults): Baseline {
  const named = resultsByKey(results.results);
  const kept = [...baseline.entries].filter(
    ([key, { environment }]) => named.has(key) || !coversWhole(results, environment),
  );
  const entries = new Map(kept);
  for (const [key, result] of named) {
    const recorded = recordedKind(entries.get(key)?.kind, result);
    if (recorded) entries.set(key, entryOf(result, recorded, entries.get(key)));
  }
  return { ...baseline, entries };
}

function recordedKind(was: BaselineKind | undefined, { result }: NamedResult): BaselineKind | undefined {
  const is = kindOf(result);
  if (was === 'flaky' || is === undefined) return was;
  return was === 'pass' && is === 'flaky' ? 'pass' : is;
}

function entryOf(
  { environment, suite, case: name, occurrence }: NamedResult,
  kind: BaselineKind,
  before: BaselineEntry | undefined,
): BaselineEntry {
  return { environment, suite, case: name, occurrence, kind, comments: before?.comments ?? [] };
}
