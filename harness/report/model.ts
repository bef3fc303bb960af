import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type FlakyCase, flakyCases } from './attempts.ts';
import { type Cause, causeQueue } from './causes.ts';
import { type KnownGap, knownGaps, type StaleExpectation, staleExpectations } from './expectations.ts';
import { type TroubleSection, troubleSections } from './failures.ts';
import { type InterruptProfiles, interruptProfilesOf } from './interrupt-profiles.ts';
import { type MachineDifference, machineDifferences } from './machines.ts';
import { matricesOf, type Row } from './matrix.ts';
import { type JudgedMatrix, type Oracle, withOracles } from './oracle.ts';
import { type PortTimeline, portTimelinesOf } from './port-timelines.ts';
import type { CaseResult, EnvironmentFacts, RunFacts, RunResults, SuiteFloor } from './results.ts';
import { type Tally, tallyOf } from './tally.ts';
import { type Timeline, timelinesOf } from './timelines.ts';

/** Everything that a parity report says, before it is laid out for a terminal or a page. */
export interface ParityModel {
  readonly run: RunFacts;
  /** Of all results of the run. */
  readonly tally: Tally;
  /** How many of them are flaky. */
  readonly flaky: number;
  /** Declarations of failures that did not come. */
  readonly staleExpectations: readonly StaleExpectation[];
  readonly targets: readonly TargetParity[];
}

/** One target. Every list "parallel to the environments" is parallel to these columns. */
export interface TargetParity {
  readonly target: string;
  readonly columns: readonly Column[];
  /** Absent: none is declared. */
  readonly oracle?: Oracle;
  readonly suites: readonly SuiteParity[];
  /** `undefined` with a single environment: there is nothing to compare. */
  readonly agreement: Agreement | undefined;
  readonly troubles: readonly TroubleSection[];
  readonly causes: readonly Cause[];
  readonly flaky: readonly FlakyCase[];
  /** The cases that fail as declared. */
  readonly gaps: readonly KnownGap[];
  readonly floorsNotMet: readonly FloorNotMet[];
  readonly machineDifferences: readonly MachineDifference[];
  readonly timelines: readonly Timeline[];
  readonly portTimelines: readonly PortTimeline[];
  /** `undefined` where there is nothing to compare. */
  readonly interruptProfiles: InterruptProfiles | undefined;
}

/** One environment. */
export interface Column {
  readonly id: string;
  /** The id without the target's name, which all columns share. */
  readonly label: string;
  readonly accelerator: string;
  readonly tally: Tally;
}

export interface SuiteParity {
  readonly suite: string;
  readonly rows: readonly Row[];
  /** Parallel to the environments. */
  readonly cells: readonly SuiteCell[];
}

interface SuiteCell {
  readonly tally: Tally;
  /** How many cases fewer exist here than where the most exist: 0 or negative. */
  readonly gap: number;
}

/** How many of the cases that could be judged have the same kind of verdict in all environments, whatever is expected of them. */
interface Agreement {
  readonly cases: number;
  readonly same: number;
  /** How many fail as is expected, in one environment at least. */
  readonly asExpected: number;
}

interface FloorNotMet extends SuiteFloor {
  readonly column: number;
}

/** Pure, and linear in the number of results. */
export function buildModel({ run, environments, results, floors }: RunResults): ParityModel {
  const targets = withOracles(matricesOf(environments, results)).map((matrix) => targetParity(matrix, floors));
  return {
    run,
    tally: tallyOf(results.map(({ verdict }) => verdict)),
    flaky: targets.reduce((sum, { flaky }) => sum + flaky.length, 0),
    staleExpectations: staleExpectations(results),
    targets,
  };
}

function targetParity(
  { target, environments, suites, oracle }: JudgedMatrix,
  floors: readonly SuiteFloor[],
): TargetParity {
  const rows = suites.flatMap((suite) => suite.rows);
  const columnOf = new Map(environments.map(({ id }, column) => [id, column]));
  const differences = machineDifferences(environments);
  const troubles = troubleSections(rows, differences);
  return {
    target,
    columns: environments.map((environment, column) => ({
      id: environment.id,
      label: labelOf(environment),
      accelerator: environment.accelerator,
      tally: columnTally(rows, column),
    })),
    ...(oracle ? { oracle } : {}),
    suites: suites.map((suite) => suiteParity(suite.suite, suite.rows, environments.length)),
    agreement: environments.length > 1 ? agreementOf(rows) : undefined,
    troubles,
    causes: causeQueue(troubles, differences),
    flaky: flakyCases(rows),
    gaps: knownGaps(rows),
    floorsNotMet: floors.flatMap((floor) => {
      const column = columnOf.get(floor.environment);
      return column !== undefined && floor.executed < floor.atLeast ? [{ ...floor, column }] : [];
    }),
    machineDifferences: differences,
    timelines: timelinesOf(rows),
    portTimelines: portTimelinesOf(rows),
    interruptProfiles: interruptProfilesOf(rows),
  };
}

function suiteParity(suite: string, rows: readonly Row[], columns: number): SuiteParity {
  const tallies = Array.from({ length: columns }, (_, column) => columnTally(rows, column));
  const most = Math.max(...tallies.map(({ existing }) => existing));
  return { suite, rows, cells: tallies.map((tally) => ({ tally, gap: tally.existing - most })) };
}

function columnTally(rows: readonly Row[], column: number): Tally {
  const verdicts: Verdict[] = [];
  for (const { cells } of rows) {
    const cell = cells[column];
    if (cell) verdicts.push(cell.verdict);
  }
  return tallyOf(verdicts);
}

/** An infrastructure that failed says nothing of the kernel, so neither does it agree with anything. */
function agreementOf(rows: readonly Row[]): Agreement {
  const judged = rows.filter(({ cells }) => !cells.some((cell) => cell?.verdict.kind === 'error'));
  return {
    cases: judged.length,
    same: judged.filter(({ cells }) => agree(cells)).length,
    asExpected: judged.filter(({ cells }) => cells.some((cell) => cell?.verdict.kind === 'expected-failure')).length,
  };
}

/** Whether the verdicts are of one kind, whatever is expected of them. */
export function agree(cells: readonly (CaseResult | undefined)[]): boolean {
  return new Set(cells.map((cell) => cell && regardlessOfExpectation(cell.verdict).kind)).size <= 1;
}

function labelOf({ id, target }: EnvironmentFacts): string {
  return id.startsWith(`${target}/`) ? id.slice(target.length + 1) : id;
}
