import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { EventClass, Privilege } from '../../arch/interrupt-log.ts';
import type { Millis } from '../../units.ts';

/** How often one kind of event came. */
export interface Total {
  readonly class: EventClass;
  readonly name: string;
  readonly vector?: number;
  readonly count: number;
  /** Of those whose privilege the log tells, how many came from each. */
  readonly from: Readonly<Partial<Record<Privilege, number>>>;
  /** Only of logs that were read as they grew. */
  readonly arrivals?: Arrivals;
}

export interface Arrivals {
  /** How many came while the log was watched. */
  readonly watched: number;
  readonly perSecond: number;
  /** The longest time between two. */
  readonly longestGapMs: Millis;
  /** From the last one to the end. */
  readonly sinceLastMs: Millis;
}

interface Counter {
  readonly class: EventClass;
  readonly name: string;
  readonly vector: number;
  count: number;
  user: number;
  kernel: number;
  hypervisor: number;
  secure: number;
  watched: number;
  lastMs: Millis;
  longestGapMs: Millis;
}

/** Names of exceptions are few; what a log of rubbish makes up is bounded all the same. */
const MOST_NAMES = 1024;

/** Counts events by what they are. */
export class Totals {
  /** Of one name are few classes: a syndrome may tell more than QEMU's name. */
  readonly #byName = new Map<string, Counter[]>();
  /** The one that counted last, and the one before: exceptions and returns come in turn. */
  #last: Counter | undefined;
  #other: Counter | undefined;

  take(event: ScannedEvent, atMs: Millis | undefined): void {
    let counter = this.#last;
    if (!counter || counter.name !== event.name || counter.class !== event.class) {
      const other = this.#other;
      this.#other = counter;
      counter = other && other.name === event.name && other.class === event.class ? other : this.#find(event);
      this.#last = counter;
    }
    counter.count++;
    if (event.from === 'kernel') counter.kernel++;
    else if (event.from === 'user') counter.user++;
    else if (event.from === 'hypervisor') counter.hypervisor++;
    else if (event.from === 'secure-monitor') counter.secure++;
    if (atMs !== undefined) arrive(counter, atMs);
  }

  /** @param endMs When the log ended; `undefined` where nobody watched it grow. */
  facts(endMs: Millis | undefined): Total[] {
    return [...this.#byName.values()]
      .flat()
      .sort((a, b) => b.count - a.count)
      .map((counter) => ({
        class: counter.class,
        name: counter.name,
        ...(counter.vector >= 0 ? { vector: counter.vector } : {}),
        count: counter.count,
        from: nonZero({
          user: counter.user,
          kernel: counter.kernel,
          hypervisor: counter.hypervisor,
          'secure-monitor': counter.secure,
        }),
        ...(endMs === undefined || counter.watched === 0 ? {} : { arrivals: arrivalsOf(counter, endMs) }),
      }));
  }

  #find(event: ScannedEvent): Counter {
    const isUnknown = event.class === 'unknown';
    const known = isUnknown ? undefined : this.#byName.get(event.name);
    if (known) for (const counter of known) if (counter.class === event.class) return counter;
    const name = isUnknown || this.#byName.size >= MOST_NAMES ? 'unknown line' : event.name;
    let counters = this.#byName.get(name);
    if (!counters) {
      counters = [];
      this.#byName.set(name, counters);
    }
    let counter = counters.find((each) => each.class === event.class);
    if (!counter) {
      counter = {
        class: event.class,
        name,
        vector: event.vector,
        count: 0,
        user: 0,
        kernel: 0,
        hypervisor: 0,
        secure: 0,
        watched: 0,
        lastMs: 0,
        longestGapMs: 0,
      };
      counters.push(counter);
    }
    return counter;
  }
}

function arrive(counter: Counter, atMs: Millis): void {
  if (counter.watched > 0) counter.longestGapMs = Math.max(counter.longestGapMs, atMs - counter.lastMs);
  counter.watched++;
  counter.lastMs = atMs;
}

function arrivalsOf({ watched, longestGapMs, lastMs }: Counter, endMs: Millis): Arrivals {
  return { watched, perSecond: (watched * 1_000) / endMs, longestGapMs, sinceLastMs: Math.max(0, endMs - lastMs) };
}

function nonZero(counts: Readonly<Record<Privilege, number>>): Total['from'] {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}
