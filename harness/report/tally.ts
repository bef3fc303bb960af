import type { Verdict, VerdictKind } from '../verdict/verdict.ts';

/** Counts of some verdicts. */
export interface Tally {
  readonly byKind: Readonly<Record<VerdictKind, number>>;
  /** Every case with a verdict. */
  readonly cases: number;
  /** Cases whose program or image exists for the architecture. */
  readonly existing: number;
  /** Cases that ran and were judged: neither skipped, nor missing, nor an error of the infrastructure. */
  readonly executed: number;
  /** Cases that should pass: all but the skipped ones. */
  readonly due: number;
}

/** In the order in which reports list them. */
const verdictKinds = [
  'pass',
  'fail',
  'crash',
  'hang',
  'timeout',
  'missing',
  'error',
  'skip',
] as const satisfies readonly VerdictKind[];

export function tallyOf(verdicts: Iterable<Verdict>): Tally {
  const byKind = { pass: 0, fail: 0, crash: 0, hang: 0, timeout: 0, missing: 0, error: 0, skip: 0 } satisfies Record<
    VerdictKind,
    number
  >;
  let cases = 0;
  for (const { kind } of verdicts) {
    byKind[kind] += 1;
    cases += 1;
  }
  const { pass, fail, crash, hang, timeout, missing, skip } = byKind;
  return {
    byKind,
    cases,
    existing: cases - missing,
    executed: pass + fail + crash + hang + timeout,
    due: cases - skip,
  };
}

/** `195 pass, 1 timeout`: the kinds that occur. */
export function describeTally({ byKind }: Tally): string {
  const counts = verdictKinds.filter((kind) => byKind[kind] > 0).map((kind) => `${byKind[kind]} ${kind}`);
  return counts.join(', ') || 'no results';
}
