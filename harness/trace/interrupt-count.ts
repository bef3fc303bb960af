import type { ArchDescription } from '../arch/arch.ts';
import type { ScannedEvent } from '../arch/interrupt-bytes.ts';
import type { EventClass } from '../arch/interrupt-log.ts';
import type { Bytes } from '../units.ts';
import { HandlerTables } from './analysis/handler-tables.ts';
import type { Total } from './analysis/totals.ts';
import { InterruptScanner } from './interrupt-scanner.ts';

/** What a kernel takes, in the order in which people ask for it. Returns, resets and what firmware does are none of it. */
export const countedClasses = [
  'irq',
  'nmi',
  'syscall',
  'software-interrupt',
  'hypervisor-call',
  'secure-monitor-call',
  'semihosting',
  'page-fault',
  'protection-fault',
  'alignment-fault',
  'stack-fault',
  'segment-fault',
  'undefined-instruction',
  'device-not-available',
  'divide-error',
  'floating-point',
  'breakpoint',
  'debug',
  'machine-check',
  'double-fault',
  'triple-fault',
  'exception',
] as const satisfies readonly EventClass[];

export type CountedClass = (typeof countedClasses)[number];

/** How often the kernel took one kind of interrupt or exception. */
export interface InterruptTotal extends Pick<Total, 'name' | 'vector' | 'count'> {
  readonly class: CountedClass;
}

/** By class; one that did not come is not there. */
export type InterruptProfile = Readonly<Partial<Record<CountedClass, number>>>;

/**
 * Counts what the kernel took from some point of an interrupt log on, each event once: those that begin there or later. What
 * firmware and loaders took with handlers of their own is left out.
 */
export class InterruptCount {
  readonly #scanner: InterruptScanner;
  readonly #tables = new HandlerTables();
  readonly #from: Bytes;

  /** @param lead What stands in the log before that point, the end of it: the event there may have begun in it. */
  constructor(arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>, lead: readonly Buffer[]) {
    this.#from = lead.reduce((sum, { length }) => sum + length, 0);
    this.#scanner = new InterruptScanner(arch, (event) => {
      if (this.#isOwn(event)) this.#tables.take(event, undefined);
    });
    for (const bytes of lead) this.#scanner.push(bytes);
  }

  push(bytes: Buffer): void {
    this.#scanner.push(bytes);
  }

  /** The log has ended. */
  end(): void {
    this.#scanner.end();
  }

  /** What has been counted so far, also the event that the log may not have finished; most frequent first. */
  totals(): InterruptTotal[] {
    const kernel = this.#tables.facts(undefined).filter(({ owner }) => owner === 'kernel');
    const open = this.#scanner.unfinished;
    const unfinished = open && this.#isOwn(open) && !open.inSystemManagement ? [oneOf(open)] : [];
    return merged([...kernel.flatMap(({ totals }) => totals), ...unfinished]);
  }

  #isOwn(event: ScannedEvent): boolean {
    return event.startsAt >= this.#from;
  }
}

/** The same by class alone. */
export function profileOf(totals: readonly InterruptTotal[]): InterruptProfile {
  const counts = countedClasses.map((each) => {
    const own = totals.filter((total) => total.class === each);
    return [each, own.reduce((sum, { count }) => sum + count, 0)] as const;
  });
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

function oneOf({ class: kind, name, vector }: ScannedEvent): Omit<Total, 'from'> {
  return { class: kind, name, ...(vector >= 0 ? { vector } : {}), count: 1 };
}

/** A kernel may have several tables of handlers. */
function merged(totals: readonly Omit<Total, 'from'>[]): InterruptTotal[] {
  const found = new Map<string, InterruptTotal>();
  for (const { class: kind, name, vector, count } of totals) {
    if (!isCounted(kind)) continue;
    const key = `${kind} ${name}`;
    const known = found.get(key)?.count ?? 0;
    found.set(key, { class: kind, name, ...(vector === undefined ? {} : { vector }), count: known + count });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function isCounted(kind: EventClass): kind is CountedClass {
  return countedClasses.some((counted) => counted === kind);
}
