import { causeOf } from '../verdict/cause.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { Groups } from './groups.ts';
import type { Row } from './matrix.ts';

/** Why a cell is listed. `failing`: the kernel's doing. `error`: the infrastructure's. `absent`: no result at all. */
type Trouble = 'failing' | 'error' | 'missing' | 'absent';

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
}

/** One line of the queue: how many cases one cause holds up in one environment. */
export interface Cause {
  readonly column: number;
  readonly cause: string;
  readonly rows: readonly Row[];
}

const ORDER: readonly Trouble[] = ['failing', 'error', 'missing', 'absent'];

/** What the kernel does in one environment and not in another first, then what fails everywhere, then what could not be judged. */
export function troubleSections(rows: readonly Row[]): TroubleSection[] {
  const sections = new Groups<Section>();
  for (const row of rows) {
    for (const trouble of ORDER) {
      const on = columnsWhere(row, (verdict) => troubleOf(verdict) === trouble);
      if (on.length === 0) continue;
      const elsewhere = columnsWhere(row, (verdict) => isFine(verdict, trouble));
      const section = sections.at([trouble, on, elsewhere], () => ({ trouble, on, elsewhere, groups: new Groups() }));
      const causes = on.map((column) => causeAt(row, column));
      section.groups.at(causes, () => ({ causes, rows: [] })).rows.push(row);
    }
  }
  return sections.values.map(finished).sort(byWeight);
}

/** Every cause in every environment, the one that holds up most cases first. */
export function causeQueue(rows: readonly Row[]): Cause[] {
  const causes = new Groups<{ column: number; cause: string; rows: Row[] }>();
  for (const row of rows) {
    for (const [column, cell] of row.cells.entries()) {
      if (!cell || troubleOf(cell.verdict) === undefined) continue;
      const cause = causeOf(cell.verdict);
      causes.at([column, cause], () => ({ column, cause, rows: [] })).rows.push(row);
    }
  }
  return causes.values.sort((a, b) => b.rows.length - a.rows.length);
}

interface Section {
  trouble: Trouble;
  on: number[];
  elsewhere: number[];
  groups: Groups<{ causes: string[]; rows: Row[] }>;
}

function finished({ trouble, on, elsewhere, groups }: Section): TroubleSection {
  const largestFirst = groups.values.sort((a, b) => b.rows.length - a.rows.length);
  const cases = largestFirst.reduce((sum, { rows }) => sum + rows.length, 0);
  return { trouble, on, elsewhere, cases, groups: largestFirst };
}

function byWeight(a: TroubleSection, b: TroubleSection): number {
  const oneSided = (section: TroubleSection) => Number(section.elsewhere.length > 0);
  return ORDER.indexOf(a.trouble) - ORDER.indexOf(b.trouble) || oneSided(b) - oneSided(a) || b.cases - a.cases;
}

function columnsWhere(row: Row, holds: (verdict: Verdict | undefined) => boolean): number[] {
  return [...row.cells.keys()].filter((column) => holds(row.cells[column]?.verdict));
}

function causeAt(row: Row, column: number): string {
  const cell = row.cells[column];
  return cell ? causeOf(cell.verdict) : 'no result';
}

function isFine(verdict: Verdict | undefined, trouble: Trouble): boolean {
  if (trouble === 'failing' || trouble === 'error')
    return verdict !== undefined && regardlessOfExpectation(verdict).kind === 'pass';
  return verdict !== undefined && verdict.kind !== 'missing';
}

/** `undefined`: none. */
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
