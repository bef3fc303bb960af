import type { Verdict, VerdictKind } from './verdict.ts';

/** Where two results disagree, the one of the smaller number holds. */
const RANK: Readonly<Record<VerdictKind, number>> = {
  error: 0,
  crash: 1,
  hang: 2,
  timeout: 3,
  fail: 4,
  'unexpected-pass': 5,
  missing: 6,
  'expected-failure': 7,
  skip: 8,
  pass: 9,
};

/** The worst of some verdicts; `undefined` of none. A skip outweighs a pass: an exit status of 0 says little when nothing ran. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return [...verdicts].sort((a, b) => RANK[a.kind] - RANK[b.kind])[0];
}
