import { pairedRatios, type Spread, spreadOf } from './statistics.ts';

/** What was measured, before it is looked at. */
export interface Measurement {
  /** `clone/aarch64`. */
  readonly name: string;
  /** `ms`, `s`, `MiB`, `files`. */
  readonly unit: string;
  readonly samples: readonly number[];
}

/** What must be reached. Less is better in everything that is measured here. */
export interface Goal {
  readonly of: 'median' | 'max' | 'ratio';
  readonly atMost: number;
  /** A count, not a time: no noise of the host explains a miss. */
  readonly exact?: boolean;
}

/** A line of the table and of `reports/bench.json`. */
export interface Entry extends Spread {
  readonly name: string;
  readonly unit: string;
  readonly samples: number;
  /** The median over that of the entry named by `against`, measured in the same run. */
  readonly ratio: number | null;
  readonly against: string | null;
  readonly goal: number | null;
  /** Which of this entry's numbers may be at most the goal. */
  readonly goalOf: Goal['of'] | null;
  readonly exact: boolean;
  readonly met: boolean | null;
}

/** A measurement by itself, or beside the one that it is told against. */
export function measuredEntry(
  { name, unit, samples }: Measurement,
  { against, goal }: { against?: Measurement; goal?: Goal } = {},
): Entry {
  const spread = spreadOf(samples);
  const ratio = against ? ratioOf(spread.median, spreadOf(against.samples).median) : null;
  return judged({ name, unit, samples: samples.length, ...spread, ratio, against: against?.name ?? null }, goal);
}

/**
 * How one measurement compares with another whose samples were taken in turn with its own: the ratio is that of the medians,
 * and the spread is that of the pairs.
 */
export function comparisonEntry(name: string, measured: Measurement, against: Measurement, goal?: Goal): Entry {
  const ratios = pairedRatios(measured.samples, against.samples);
  const ratio = ratioOf(spreadOf(measured.samples).median, spreadOf(against.samples).median);
  return judged(
    { name, unit: 'ratio', samples: ratios.length, ...spreadOf(ratios), ratio, against: against.name },
    goal,
  );
}

/** Nothing against nothing is no growth. */
function ratioOf(value: number, against: number): number {
  return value === against ? 1 : value / against;
}

function judged(facts: Omit<Entry, 'goal' | 'goalOf' | 'exact' | 'met'>, goal: Goal | undefined): Entry {
  if (!goal) return { ...facts, goal: null, goalOf: null, exact: false, met: null };
  const value = facts[goal.of];
  if (value === null) throw new TypeError(`${facts.name} has a goal for its ratio and is compared with nothing`);
  const { of: goalOf, atMost, exact = false } = goal;
  return { ...facts, goal: atMost, goalOf, exact, met: value <= atMost };
}
