import type { Verdict, VerdictKind } from './verdict.ts';

/** From worst to best: where two results disagree, the earlier one holds. */
const FROM_WORST = [
  'error',
  'crash',
  'hang',
  'timeout',
  'fail',
  'missing',
  'skip',
  'pass',
] as const satisfies readonly VerdictKind[];

/** The worst of some verdicts; `undefined` of none. A skip outweighs a pass: an exit status of 0 says little when nothing ran. */
export function worst(verdicts: readonly Verdict[]): Verdict | undefined {
  return [...verdicts].sort((a, b) => FROM_WORST.indexOf(a.kind) - FROM_WORST.indexOf(b.kind))[0];
}
