import { nearest } from '../../expected.ts';
import { describeVerdict } from '../../verdict/describe.ts';
import { describeReason } from '../../verdict/expected-failure.ts';
import { failedBefore, isFlaky } from '../attempts.ts';
import { counted, listed } from '../layout.ts';
import { percent } from '../percent.ts';
import type { BaselineOutcome } from './baseline-file.ts';
import { type Change, type ChangeKind, type Comparison, changeKinds, isBad } from './comparison.ts';
import type { Progress, Rate } from './progress.ts';

/** `2 regressions, 1 case gone and 3 new passes`. */
export function describeChanges({ changes, same }: Comparison): string {
  const counts = changeKinds
    .map((kind) => ({ kind, count: changes.filter(({ change }) => change === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${NOUNS[kind][count === 1 ? 0 : 1]}`);
  return counts.length > 0 ? listed(counts) : `nothing has changed (${counted(same, 'case')})`;
}

const NOUNS: Readonly<Record<ChangeKind, readonly [one: string, several: string]>> = {
  regression: ['regression', 'regressions'],
  gone: ['case gone', 'cases gone'],
  'unrecorded-failure': ['failure that is not recorded', 'failures that are not recorded'],
  'not-judged': ['not judged', 'not judged'],
  'new-pass': ['new pass', 'new passes'],
  'new-case': ['new case', 'new cases'],
  changed: ['failing otherwise', 'failing otherwise'],
  flaky: ['flaky', 'flaky'],
};

/** What a list of changes of one kind is about. */
export const changeTitles: Readonly<Record<ChangeKind, string>> = {
  regression: 'Regressions: recorded as passing',
  gone: 'Gone: recorded, and without a result',
  'unrecorded-failure': 'Fail, and are not recorded as failing',
  'not-judged': 'Could not be judged: the infrastructure failed, not the kernel',
  'new-pass': 'Pass now, and are to be recorded',
  'new-case': 'New, and to be recorded',
  changed: 'Do not pass, as before, but otherwise',
  flaky: 'Flaky: passed after an attempt that did not',
};

/** What became of a case, in a line. */
export function describeChange({ was, result }: Change): string {
  const before = was === undefined ? '' : `was ${was}`;
  if (!result) return before;
  const [failed] = isFlaky(result) ? failedBefore(result) : [];
  const wavered = failed ? `, after ${describeVerdict(failed.verdict)}` : '';
  const { verdict } = result;
  const now =
    verdict.kind === 'expected-failure' ? `declared to fail (${describeReason(verdict)})` : describeVerdict(verdict);
  return before === '' ? `${now}${wavered}` : `${before}, now ${now}${wavered}`;
}

const MOST_COMPARED = 500;

/** The new case that one which is gone may have become: a name that somebody has mended. */
export function successorOf(gone: Change, changes: readonly Change[]): string | undefined {
  const fresh = changes.filter(
    ({ was, result, environment, suite }) =>
      result && was === undefined && environment === gone.environment && suite === gone.suite,
  );
  if (fresh.length > MOST_COMPARED) return undefined;
  return nearest(
    gone.case,
    fresh.map(({ case: name }) => name),
  );
}

/** `62.5 % (50/80) → 70.0 % (56/80), of 90 %`. */
export function describeProgress({ before, now, goal }: Progress): string {
  const rates = before.executed === 0 ? describeRate(now) : `${describeRate(before)} → ${describeRate(now)}`;
  if (goal === undefined) return rates;
  return `${rates} of ${goal} %${now.executed > 0 && (now.passed / now.executed) * 100 >= goal ? ': reached' : ''}`;
}

function describeRate({ passed, executed }: Rate): string {
  return `${percent(passed, executed)} (${passed}/${executed})`;
}

/** `203 on linux/x86_64`: what the baseline holds and the run was not to judge. */
export function describeNotAsked({ notAsked }: Comparison): string | undefined {
  if (notAsked.size === 0) return undefined;
  const parts = [...notAsked].map(([environment, count]) => `${count} on ${environment}`);
  return `Recorded, and not judged by this run: ${parts.join(', ')}.`;
}

/** What was done with the file, or is to be done. */
export function describeUpdate({ file, comparison, update }: BaselineOutcome): string | undefined {
  switch (update.kind) {
    case 'written':
      return `${file} is written: look at what has changed in it, and commit it.`;
    case 'unchanged':
      return `${file} holds all of this already.`;
    case 'refused':
      return `${file} is left as it is: ${update.because}.`;
    case 'not-asked':
      return whatToDo(comparison, file);
    default:
      return update satisfies never;
  }
}

function whatToDo({ changes }: Comparison, file: string): string | undefined {
  const toRecord = changes.some(({ change }) => change === 'new-pass' || change === 'new-case');
  if (toRecord) return `--update-baseline records in ${file} what is to be recorded.`;
  return changes.some(({ change }) => isBad(change) && change !== 'not-judged')
    ? `Where that is meant, --update-baseline records it in ${file}.`
    : undefined;
}
