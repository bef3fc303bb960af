import type { CountedClass, InterruptTotal } from '../trace/interrupt-count.ts';

/** What a case expects of the interrupts and exceptions that its kernel takes. */
export interface InterruptExpectation {
  readonly bounds: readonly InterruptBound[];
  /** Exceptions that may come besides those of {@link bounds}; all others may not. Absent: any may. */
  readonly besides?: readonly CountedClass[];
}

export interface InterruptBound {
  /** A class, or what the target calls a vector. */
  readonly name: string;
  /** x86: the vector. Arm: QEMU's number of the exception. Absent: the name is that of a class. */
  readonly vector?: number;
  readonly min?: number;
  readonly max?: number;
}

/** Classes of what a program, a device or another vCPU asks for: they are no faults. */
const ON_REQUEST: ReadonlySet<CountedClass> = new Set([
  'irq',
  'nmi',
  'syscall',
  'software-interrupt',
  'hypervisor-call',
  'secure-monitor-call',
  'semihosting',
]);

const SHOWN_NAMES = 4;

export function isException(kind: CountedClass): boolean {
  return !ON_REQUEST.has(kind);
}

/**
 * What was expected and did not come so, and what came: `expected irq at least 10 times; counted 0 irq, 3 page-fault (#PF)`.
 * @returns `undefined` when all is as expected.
 */
export function unmetInterrupts(
  { bounds, besides }: InterruptExpectation,
  totals: readonly InterruptTotal[],
): string | undefined {
  const broken = bounds.filter((bound) => !holds(bound, countOf(bound, totals)));
  const unexpected = besides !== undefined && totals.some((total) => isUnexpected(total, bounds, besides));
  if (broken.length === 0 && !unexpected) return undefined;
  const expected = [...broken.map(describeBound), ...(unexpected ? [describeBesides(bounds, besides, totals)] : [])];
  // Of a class the list below tells; of one that did not come, and of a vector's name, it does not.
  const counted = broken
    .filter((bound) => bound.vector !== undefined || countOf(bound, totals) === 0)
    .map((bound) => `${countOf(bound, totals)} ${bound.name}`);
  return `expected ${expected.join(', ')}; counted ${[...counted, ...describeTotals(totals)].join(', ')}`;
}

function countOf({ name, vector }: InterruptBound, totals: readonly InterruptTotal[]): number {
  const own = totals.filter((total) => (vector === undefined ? total.class === name : total.vector === vector));
  return own.reduce((sum, { count }) => sum + count, 0);
}

function holds({ min = 0, max = Number.POSITIVE_INFINITY }: InterruptBound, count: number): boolean {
  return count >= min && count <= max;
}

function isUnexpected(
  total: InterruptTotal,
  bounds: readonly InterruptBound[],
  besides: readonly CountedClass[],
): boolean {
  const isBounded = bounds.some((bound) => countOf(bound, [total]) > 0);
  return isException(total.class) && !isBounded && !besides.includes(total.class);
}

function describeBound({ name, min, max }: InterruptBound): string {
  if (max === 0) return `no ${name}`;
  if (min !== undefined && min === max) return `${name} exactly ${times(min)}`;
  const ends = [
    ...(min === undefined ? [] : [`at least ${times(min)}`]),
    ...(max === undefined ? [] : [`at most ${times(max)}`]),
  ];
  return `${name} ${ends.join(' and ')}`;
}

function describeBesides(
  bounds: readonly InterruptBound[],
  besides: readonly CountedClass[],
  totals: readonly InterruptTotal[],
): string {
  const exceptions = totals.filter((total) => isException(total.class));
  const named = bounds.filter((bound) => bound.max !== 0 && countOf(bound, exceptions) > 0);
  const allowed = [...named.map(({ name }) => name), ...besides];
  return `no exception${allowed.length > 0 ? ` but ${allowed.join(', ')}` : ''}`;
}

/** `412 irq (IRQ 0x30 400, IRQ 0x24 12)`, the most frequent class first. */
function describeTotals(totals: readonly InterruptTotal[]): string[] {
  if (totals.length === 0) return ['nothing else'];
  const classes = [...new Set(totals.map((total) => total.class))].map((kind) => {
    const own = totals.filter((total) => total.class === kind);
    return { kind, own, count: own.reduce((sum, { count }) => sum + count, 0) };
  });
  return classes.sort((a, b) => b.count - a.count).map(({ kind, own, count }) => `${count} ${kind} (${namesOf(own)})`);
}

function namesOf(totals: readonly InterruptTotal[]): string {
  const [only, ...others] = totals;
  if (only && others.length === 0) return only.name;
  const shown = totals.slice(0, SHOWN_NAMES).map(({ name, count }) => `${name} ${count}`);
  return [...shown, ...(totals.length > SHOWN_NAMES ? [`${totals.length - SHOWN_NAMES} more`] : [])].join(', ');
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
