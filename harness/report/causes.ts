import type { Verdict } from '../verdict/verdict.ts';
import type { Trouble, TroubleSection } from './failures.ts';
import { Groups } from './groups.ts';
import { counted, listed } from './layout.ts';
import { machineSuspects } from './machine-suspects.ts';
import type { MachineDifference } from './machines.ts';
import type { Row } from './matrix.ts';

/** One entry of the queue: what holds up a number of cases, in any of a target's environments. */
export interface Cause {
  readonly cause: string;
  /** It names what is at fault. False: it only says how cases end, and several faults may end alike. */
  readonly certain: boolean;
  /** The cases that it holds up, each once. */
  readonly rows: readonly Row[];
  /** The environments where it does, in their order. */
  readonly on: readonly CauseOn[];
  /** What the machines differ in, that may be the cause of it. */
  readonly machine: readonly MachineDifference[];
}

export interface CauseOn {
  readonly column: number;
  readonly rows: readonly Row[];
}

/** What holds up the cases of a target, the cause that holds up most of them first. What is a test's own fault is not in it. */
export function causeQueue(sections: readonly TroubleSection[], differences: readonly MachineDifference[]): Cause[] {
  const causes = new Groups<{ cause: string; trouble: Trouble; certain: boolean; on: Map<number, Row[]> }>();
  for (const { trouble, on: columns, groups } of sections) {
    if (trouble === 'wrong-test' || trouble === 'absent') continue;
    for (const group of groups) {
      for (const [index, column] of columns.entries()) {
        const cause = group.causes[index] ?? '';
        const verdict = group.rows[0]?.cells[column]?.verdict;
        const certain = verdict !== undefined && namesItsCause(verdict);
        const { on } = causes.at([cause], () => ({ cause, trouble, certain, on: new Map() }));
        const there = on.get(column) ?? [];
        for (const row of group.rows) there.push(row);
        on.set(column, there);
      }
    }
  }
  return causes.values
    .map(({ cause, trouble, certain, on }): Cause => {
      const held = [...new Set([...on.values()].flat())];
      const columns = [...on.keys()].sort((a, b) => a - b);
      return {
        cause,
        certain,
        rows: held,
        on: columns.map((column) => ({ column, rows: on.get(column) ?? [] })),
        machine: trouble === 'failing' ? machineSuspects(held, columns, differences) : [],
      };
    })
    .sort((a, b) => b.rows.length - a.rows.length || resultsOf(b) - resultsOf(a));
}

/** `3 cases on aarch64`, `4 cases on x86_64 and aarch64`, `up to 4 cases (4 on x86_64, 3 on aarch64)`. */
export function describeUnblocked({ rows, on, certain }: Cause, labels: readonly string[]): string {
  const upTo = certain || rows.length === 1 ? '' : 'up to ';
  const cases = `${upTo}${counted(rows.length, 'case')}`;
  if (labels.length === 1) return cases;
  const label = (column: number) => labels[column] ?? '';
  return on.every((there) => there.rows.length === rows.length)
    ? `${cases} on ${listed(on.map(({ column }) => label(column)))}`
    : `${cases} (${on.map(({ column, rows: there }) => `${there.length} on ${label(column)}`).join(', ')})`;
}

function resultsOf({ on }: Cause): number {
  return on.reduce((sum, { rows }) => sum + rows.length, 0);
}

/** A panic and a function are a place in the kernel; an exit status and a silence are what many faults look like. */
function namesItsCause(verdict: Verdict): boolean {
  switch (verdict.kind) {
    case 'crash':
    case 'error':
      return true;
    case 'hang':
      return verdict.frames.length > 0;
    case 'fail':
    case 'timeout':
    case 'missing':
    case 'pass':
    case 'skip':
    case 'expected-failure':
    case 'unexpected-pass':
      return false;
    default:
      return verdict satisfies never;
  }
}
