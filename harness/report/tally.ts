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
  /** Those that passed, expected or not. */
  readonly passed: number;
  /** Cases that should pass, one day: all but the skipped ones. */
  readonly due: number;
}

/** In the order in which reports list them. */
const NONE: Readonly<Record<VerdictKind, number>> = {
  pass: 0,
  fail: 0,
  crash: 0,
  hang: 0,
  timeout: 0,
  'unexpected-pass': 0,
  'expected-failure': 0,
  missing: 0,
  error: 0,
  skip: 0,
};

const verdictKinds = Object.keys(NONE) as VerdictKind[];

export function tallyOf(verdicts: Iterable<Verdict>): Tally {
  const byKind = { ...NONE };
  let cases = 0;
  for (const { kind } of verdicts) {
    byKind[kind] += 1;
    cases += 1;
  }
  const { missing, error, skip } = byKind;
  return {
    byKind,
    cases,
    existing: cases - missing,
    executed: cases - missing - error - skip,
    passed: byKind.pass + byKind['unexpected-pass'],
    due: cases - skip,
  };
}

/** `good`: all that should pass does. `warn`: but for gaps that are known. */
export function soundness({ byKind, due }: Tally): 'good' | 'warn' | 'bad' {
  if (byKind.pass === due) return 'good';
  return byKind.pass + byKind['expected-failure'] === due ? 'warn' : 'bad';
}

/** `195 pass, 1 timeout`: the kinds that occur. */
export function describeTally({ byKind }: Tally): string {
  const counts = verdictKinds.filter((kind) => byKind[kind] > 0).map((kind) => `${byKind[kind]} ${kind}`);
  return counts.join(', ') || 'no results';
}
