import { isFlaky } from '../attempts.ts';
import type { CaseResult } from '../results.ts';

/** What a case came to, as a baseline records it. `flaky`: now this, now that, so neither is news. */
export const baselineKinds = [
  'pass',
  'flaky',
  'fail',
  'crash',
  'hang',
  'timeout',
  'missing',
  'expected-failure',
  'skip',
] as const;

export type BaselineKind = (typeof baselineKinds)[number];

/** A case in an environment. */
export interface CaseName {
  readonly environment: string;
  readonly suite: string;
  readonly case: string;
  /** 0; more for the second and later cases of one name. */
  readonly occurrence: number;
}

export interface BaselineEntry extends CaseName {
  readonly kind: BaselineKind;
  /** The comment lines above it, which stay with it. */
  readonly comments: readonly string[];
  /** In the file; absent where it was not read from one. */
  readonly line?: number;
}

/** A pass rate that is to be reached. */
export interface Goal {
  /** An architecture, a target or an environment, by the name that results have for it. */
  readonly place: string;
  /** 0 to 100. */
  readonly percent: number;
  /** In the file; the first is 1. */
  readonly line: number;
}

/** What every case came to, as somebody has committed it. */
export interface Baseline {
  /** The file's lines above the first case: comments and goals, as they were written. */
  readonly head: readonly string[];
  readonly goals: readonly Goal[];
  /** By {@link keyOf}. */
  readonly entries: ReadonlyMap<string, BaselineEntry>;
  /** Comments below the last case. */
  readonly tail: readonly string[];
}

/** Tells cases apart. */
export function keyOf({ environment, suite, case: name, occurrence }: CaseName): string {
  return JSON.stringify([environment, suite, name, occurrence]);
}

/** A result and the case that it is of. */
export interface NamedResult extends CaseName {
  readonly result: CaseResult;
}

/** Results by the keys of their cases: a name that is used twice in one suite is two cases. */
export function resultsByKey(results: readonly CaseResult[]): Map<string, NamedResult> {
  const named = new Map<string, NamedResult>();
  for (const result of results) {
    const { environment, suite, case: name } = result;
    let occurrence = 0;
    while (named.has(keyOf({ environment, suite, case: name, occurrence }))) occurrence += 1;
    named.set(keyOf({ environment, suite, case: name, occurrence }), {
      environment,
      suite,
      case: name,
      occurrence,
      result,
    });
  }
  return named;
}

/** What a baseline would record of a result; `undefined` for an error, which says nothing of the kernel. */
export function kindOf(result: CaseResult): BaselineKind | undefined {
  if (isFlaky(result)) return 'flaky';
  const { kind } = result.verdict;
  switch (kind) {
    case 'error':
      return undefined;
    case 'unexpected-pass':
      return 'pass';
    default:
      return kind;
  }
}
