import { type ExitCode, exitCodeFor, exitCodeOfVerdict } from '../exit.ts';
import { counted } from '../layout.ts';
import type { RunResults } from '../results.ts';
import { describeIncomplete } from '../run-words.ts';
import {
  type Baseline,
  type BaselineEntry,
  type BaselineKind,
  type CaseName,
  kindOf,
  type NamedResult,
  resultsByKey,
} from './baseline.ts';
import { coversWhole } from './coverage.ts';
import { type Progress, progressOf } from './progress.ts';

/** How a case stands against what is recorded of it, the most pressing first. */
export const changeKinds = [
  /** It passed, and does not. */
  'regression',
  /** It is recorded, the run was to judge it, and there is no result. */
  'gone',
  /** It fails, and nothing that is recorded says so. */
  'unrecorded-failure',
  /** The infrastructure failed, so nobody knows. */
  'not-judged',
  /** It did not pass, and does. */
  'new-pass',
  /** It is not recorded, and fails nothing. */
  'new-case',
  /** It does not pass, as before, but otherwise. */
  'changed',
  /** It passed after an attempt that did not, where it is not recorded as such a case. */
  'flaky',
] as const;

export type ChangeKind = (typeof changeKinds)[number];

export interface Change extends CaseName {
  readonly change: ChangeKind;
  /** Absent: it is not recorded. */
  readonly was?: BaselineKind;
  /** Absent: it has no result. */
  readonly result?: NamedResult['result'];
}

/** A run against a baseline. */
export interface Comparison {
  /** By {@link changeKinds}, then as the run has them. */
  readonly changes: readonly Change[];
  /** Cases that are as recorded. */
  readonly same: number;
  /** Recorded cases that this run was not to judge, by environment. */
  readonly notAsked: ReadonlyMap<string, number>;
  readonly progress: readonly Progress[];
  /** What makes the run red whatever is recorded, each in a sentence. */
  readonly reservations: readonly string[];
  readonly exitCode: ExitCode;
}

/** Pure. What is recorded as failing is excused; all else that makes a run red does so here. */
export function compare(baseline: Baseline, results: RunResults): Comparison {
  const named = resultsByKey(results.results);
  const judged = [...named].map(([key, result]) => changeOf(baseline.entries.get(key), result));
  const unseen = [...baseline.entries].filter(([key]) => !named.has(key)).map(([, entry]) => entry);
  const isGone = ({ environment }: BaselineEntry) => coversWhole(results, environment);
  const changes = [...judged.filter((change) => change !== undefined), ...unseen.filter(isGone).map(goneChange)].sort(
    (a, b) => changeKinds.indexOf(a.change) - changeKinds.indexOf(b.change),
  );
  return {
    changes,
    same: judged.filter((change) => change === undefined).length,
    notAsked: countByEnvironment(unseen.filter((entry) => !isGone(entry))),
    progress: progressOf(baseline, results),
    reservations: reservationsOn(results),
    exitCode: exitCodeAgainst(changes, results),
  };
}

/** The changes that fail a run. */
export function isBad(change: ChangeKind): boolean {
  switch (change) {
    case 'regression':
    case 'gone':
    case 'unrecorded-failure':
    case 'not-judged':
      return true;
    case 'new-pass':
    case 'new-case':
    case 'changed':
    case 'flaky':
      return false;
    default:
      return change satisfies never;
  }
}

/** `undefined`: the case is as recorded. */
function changeOf(entry: BaselineEntry | undefined, named: NamedResult): Change | undefined {
  const change = changeKindOf(entry?.kind, named);
  return change && { ...named, change, ...(entry ? { was: entry.kind } : {}) };
}

function changeKindOf(was: BaselineKind | undefined, { result }: NamedResult): ChangeKind | undefined {
  const is = kindOf(result);
  if (is === undefined) return 'not-judged';
  if (was === 'flaky' || was === is) return undefined;
  if (was === 'pass') return is === 'flaky' ? 'flaky' : 'regression';
  if (exitCodeOfVerdict(result.verdict) !== 0 && is !== 'pass' && !isExcuse(was)) return 'unrecorded-failure';
  if (was === undefined) return 'new-case';
  if (is === 'pass') return 'new-pass';
  return is === 'flaky' ? 'flaky' : 'changed';
}

/** Whether a case that is recorded so may fail. One that is declared to fail, or not to apply, is well as long as it does. */
function isExcuse(was: BaselineKind | undefined): boolean {
  return was !== undefined && was !== 'pass' && was !== 'expected-failure' && was !== 'skip';
}

function goneChange({ environment, suite, case: name, occurrence, kind }: BaselineEntry): Change {
  return { environment, suite, case: name, occurrence, change: 'gone', was: kind };
}

function countByEnvironment(entries: readonly BaselineEntry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { environment } of entries) counts.set(environment, (counts.get(environment) ?? 0) + 1);
  return counts;
}

/** A run that was not whole, and declarations that are to be mended. */
function reservationsOn({ run, results, floors }: RunResults): string[] {
  const stale = results.filter(({ verdict }) => verdict.kind === 'unexpected-pass').length;
  const { what, so } = describeIncomplete(run);
  return [
    ...(run.complete ? [] : [`${what}: ${so}.`]),
    ...(run.faults ?? []),
    ...floors
      .filter(({ executed, atLeast }) => executed < atLeast)
      .map(({ suite, environment, executed, atLeast }) => {
        return `${suite} on ${environment}: ${counted(executed, 'case')} executed, at least ${atLeast} declared.`;
      }),
    ...(stale > 0
      ? [`Declared to fail, and passed: ${counted(stale, 'case')}. The declarations are to be mended.`]
      : []),
  ];
}

function exitCodeAgainst(changes: readonly Change[], results: RunResults): ExitCode {
  if (exitCodeFor(results) === 69) return 69;
  return changes.some(({ change }) => isBad(change)) || reservationsOn(results).length > 0 ? 1 : 0;
}
