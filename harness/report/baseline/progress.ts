import type { EnvironmentFacts, RunResults } from '../results.ts';
import { tallyOf } from '../tally.ts';
import type { Baseline, BaselineKind } from './baseline.ts';
import { coversWhole } from './coverage.ts';

/** Passed cases among those that were executed. */
export interface Rate {
  readonly passed: number;
  readonly executed: number;
}

/** A pass rate before and now. */
export interface Progress {
  /** An environment; or, of a goal, an architecture or a target. */
  readonly place: string;
  readonly before: Rate;
  readonly now: Rate;
  /** 0 to 100. Absent: nobody has stated one. */
  readonly goal?: number;
}

/** One for each goal, then one for each environment that no goal is for. Only what the run has judged as a whole has a rate. */
export function progressOf(baseline: Baseline, results: RunResults): Progress[] {
  const whole = results.environments.filter(({ id }) => coversWhole(results, id));
  const toGoals = baseline.goals.flatMap(({ place, percent }) => {
    const meant = whole.filter((environment) => isIn(environment, place));
    return meant.length === 0 ? [] : [{ ...progressIn(place, meant, baseline, results), goal: percent }];
  });
  const others = whole.filter((environment) => !baseline.goals.some(({ place }) => isIn(environment, place)));
  const toEach = others.map((environment) => progressIn(environment.id, [environment], baseline, results));
  return [...toGoals, ...toEach.filter(({ before, now }) => before.executed + now.executed > 0)];
}

/** Whether a goal for the place is one for the environment. */
export function isIn({ id, arch, target }: EnvironmentFacts, place: string): boolean {
  return place === id || place === arch || place === target;
}

function progressIn(
  place: string,
  environments: readonly EnvironmentFacts[],
  { entries }: Baseline,
  { results }: RunResults,
): Progress {
  const ids = new Set(environments.map(({ id }) => id));
  const kinds = [...entries.values()].filter(({ environment }) => ids.has(environment)).map(({ kind }) => kind);
  const { passed, executed } = tallyOf(
    results.filter(({ environment }) => ids.has(environment)).map(({ verdict }) => verdict),
  );
  return {
    place,
    before: { passed: kinds.filter(isPass).length, executed: kinds.filter(isExecuted).length },
    now: { passed, executed },
  };
}

/** A case that wavers counts as what it came to in a run, and that is most often a pass. */
function isPass(kind: BaselineKind): boolean {
  return kind === 'pass' || kind === 'flaky';
}

function isExecuted(kind: BaselineKind): boolean {
  return kind !== 'missing' && kind !== 'skip';
}
