import { causeOf } from '../verdict/cause.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { Groups } from './groups.ts';
import { machineSuspects } from './machine-suspects.ts';
import type { MachineDifference } from './machines.ts';
import type { Row } from './matrix.ts';

/**
 * Why a cell is listed. `failing`: the kernel's doing. `wrong-test`: the test's, for it fails on the oracle too. `error`: the
 * infrastructure's. `absent`: no result at all.
 */
export type Trouble = 'failing' | 'wrong-test' | 'error' | 'missing' | 'absent';

/** Cases with the same trouble in the same environments. A cell that is in trouble is in exactly one section. */
export interface TroubleSection {
  readonly trouble: Trouble;
  /** The environments (their columns) that have the trouble. */
  readonly on: readonly number[];
  /** Those where the same cases are fine: they pass; or, for `missing` and `absent`, they exist. */
  readonly elsewhere: readonly number[];
  readonly cases: number;
  /** The largest first. */
  readonly groups: readonly CauseGroup[];
}

export interface CauseGroup {
  /** Parallel to the section's `on`. */
  readonly causes: readonly string[];
  readonly rows: readonly Row[];
  /** What the machines differ in, that may be why they fail here and pass elsewhere. */
  readonly machine: readonly MachineDifference[];
}

const ORDER: readonly Trouble[] = ['failing', 'wrong-test', 'error', 'missing', 'absent'];

/**
 * What the kernel does in one environment and not in another first, then what fails everywhere, then what the kernel is not to
 * be blamed for.
 */
export function troubleSections(rows: readonly Row[], differences: readonly MachineDifference[]): TroubleSection[] {
  const sections = new Groups<Section>();
  for (const row of rows) {
    const troubles = row.cells.map((_, column) => troubleAt(row, column));
    if (troubles.every((trouble) => trouble === undefined)) continue;
    for (const trouble of new Set(troubles)) {
      if (trouble === undefined) continue;
      const on = columnsWhere(row, (column) => troubles[column] === trouble);
      const elsewhere = columnsWhere(row, (column) => isFine(row.cells[column]?.verdict, trouble));
      const section = sections.at([trouble, on, elsewhere], () => ({ trouble, on, elsewhere, groups: new Groups() }));
      const causes = on.map((column) => causeAt(row, column));
      section.groups.at(causes, () => ({ causes, rows: [] })).rows.push(row);
    }
  }
  return sections.values.map((section) => finished(section, differences)).sort(byWeight);
}

/** `undefined`: none. */
function troubleAt({ cells, oracle }: Row, column: number): Trouble | undefined {
  const trouble = troubleOf(cells[column]?.verdict);
  return trouble === 'failing' && failsAnyway(oracle[column]?.verdict) ? 'wrong-test' : trouble;
}

/** Whatever is expected there. */
function failsAnyway(verdict: Verdict | undefined): boolean {
  return verdict !== undefined && troubleOf(regardlessOfExpectation(verdict)) === 'failing';
}

interface Section {
  trouble: Trouble;
  on: number[];
  elsewhere: number[];
  groups: Groups<{ causes: string[]; rows: Row[] }>;
}

function finished(
  { trouble, on, elsewhere, groups }: Section,
  differences: readonly MachineDifference[],
): TroubleSection {
  const mayBeTheMachine = trouble === 'failing' && elsewhere.length > 0;
  const largestFirst = groups.values
    .sort((a, b) => b.rows.length - a.rows.length)
    .map((group) => ({ ...group, machine: mayBeTheMachine ? machineSuspects(group.rows, on, differences) : [] }));
  const cases = largestFirst.reduce((sum, { rows }) => sum + rows.length, 0);
  return { trouble, on, elsewhere, cases, groups: largestFirst };
}

function byWeight(a: TroubleSection, b: TroubleSection): number {
  const oneSided = (section: TroubleSection) => Number(section.elsewhere.length > 0);
  return ORDER.indexOf(a.trouble) - ORDER.indexOf(b.trouble) || oneSided(b) - oneSided(a) || b.cases - a.cases;
}

function columnsWhere({ cells }: Row, holds: (column: number) => boolean): number[] {
  return [...cells.keys()].filter(holds);
}

function causeAt(row: Row, column: number): string {
  const cell = row.cells[column];
  return cell ? causeOf(cell.verdict) : 'no result';
}

function isFine(verdict: Verdict | undefined, trouble: Trouble): boolean {
  if (trouble === 'failing' || trouble === 'wrong-test' || trouble === 'error')
    return verdict !== undefined && regardlessOfExpectation(verdict).kind === 'pass';
  return verdict !== undefined && verdict.kind !== 'missing';
}

/** Of a verdict by itself. */
function troubleOf(verdict: Verdict | undefined): Trouble | undefined {
  switch (verdict?.kind) {
    case undefined:
      return 'absent';
    case 'pass':
    case 'skip':
    case 'expected-failure': // It has a section of its own, and so has the next.
    case 'unexpected-pass':
      return undefined;
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
      return 'failing';
    case 'missing':
      return 'missing';
    case 'error':
      return 'error';
    default:
      return verdict satisfies never;
  }
}
