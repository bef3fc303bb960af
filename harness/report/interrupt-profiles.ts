import { type CountedClass, countedClasses } from '../trace/interrupt-count.ts';
import type { Row } from './matrix.ts';

/** What the kernels of one target's environments took, in the cases that can be compared. */
export interface InterruptProfiles {
  /** Cases that ended alike in every environment, with counts in each. */
  readonly cases: number;
  /** Classes that came at all. */
  readonly classes: readonly ClassCounts[];
}

export interface ClassCounts {
  readonly class: CountedClass;
  /** Parallel to the environments. */
  readonly counts: readonly number[];
  /** Absent: they are alike, or their difference says nothing. */
  readonly difference?: Difference;
}

/** It came in some environments and in others not, or so many times as often. */
export type Difference = { readonly kind: 'only-some' } | { readonly kind: 'factor'; readonly factor: number };

/**
 * The architecture's own: how a program calls the kernel, and a kernel its firmware (and not every call is logged); that a
 * division by zero traps.
 */
const INCOMPARABLE: ReadonlySet<CountedClass> = new Set([
  'divide-error',
  'syscall',
  'software-interrupt',
  'hypervisor-call',
  'secure-monitor-call',
  'semihosting',
]);
/** Emulated architectures differ in speed, and in how long the same takes so many ticks of a clock. */
const NOTABLE_FACTOR = 2;
const NOTABLE_COUNT = 20;

/** Where cases end differently, they have not done the same. `undefined` where nothing can be compared. */
export function interruptProfilesOf(rows: readonly Row[]): InterruptProfiles | undefined {
  const [first] = rows;
  if (!first || first.cells.length < 2) return undefined;
  const comparable = rows.filter(({ cells }) => {
    const kinds = new Set(cells.map((cell) => cell?.verdict.kind));
    return kinds.size === 1 && cells.every((cell) => cell?.interrupts);
  });
  if (comparable.length === 0) return undefined;
  const sums = first.cells.map((_, column) => sumOf(comparable, column));
  const classes = countedClasses.flatMap((kind): ClassCounts[] => {
    const counts = sums.map((sum) => sum.get(kind) ?? 0);
    const difference = differenceOf(kind, counts);
    return counts.some((count) => count > 0) ? [{ class: kind, counts, ...(difference ? { difference } : {}) }] : [];
  });
  return { cases: comparable.length, classes };
}

/** One pass over the cases, of which each has but a few classes. */
function sumOf(rows: readonly Row[], column: number): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const { cells } of rows) {
    const counts = cells[column]?.interrupts ?? {};
    for (const [kind, count] of Object.entries(counts)) sum.set(kind, (sum.get(kind) ?? 0) + count);
  }
  return sum;
}

/** Those that differ, the most telling first: what came on one side only, then by how much. */
export function differingClasses({ classes }: InterruptProfiles): readonly ClassCounts[] {
  return classes.filter(({ difference }) => difference).sort((a, b) => weightOf(b) - weightOf(a));
}

function weightOf({ difference }: ClassCounts): number {
  return difference?.kind === 'factor' ? difference.factor : Number.MAX_VALUE;
}

function differenceOf(kind: CountedClass, counts: readonly number[]): Difference | undefined {
  const [most, least] = [Math.max(...counts), Math.min(...counts)];
  if (most === least || INCOMPARABLE.has(kind)) return undefined;
  if (least === 0) return { kind: 'only-some' };
  const factor = most / least;
  return factor >= NOTABLE_FACTOR && most >= NOTABLE_COUNT ? { kind: 'factor', factor } : undefined;
}
