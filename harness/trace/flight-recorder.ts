import type { EventClass, InterruptLogDialect } from '../arch/interrupt-log.ts';
import type { Bytes, Millis } from '../units.ts';
import { FaultCycle } from './fault-cycle.ts';
import { InterruptLogReader, type TraceEvent } from './interrupt-log.ts';

const DEFAULT_KEPT = 512;
const KEPT_BYTES: Bytes = 4 * 2 ** 20;

/** What happened in a machine, as far as its interrupt log tells: the last events, and how many there were of each class. */
export class FlightRecorder {
  /** What comes over and over. */
  readonly faults = new FaultCycle();
  readonly #reader: InterruptLogReader;
  readonly #now: () => Millis;
  readonly #keep: number;
  readonly #counts = new Map<EventClass, number>();
  /** A ring: the oldest is overwritten. */
  #events: TraceEvent[] = [];
  #bytes: Bytes = 0;
  #total = 0;

  /** @param now Time since the machine was spawned. */
  constructor(dialect: InterruptLogDialect, now: () => Millis, keep = DEFAULT_KEPT) {
    this.#now = now;
    this.#keep = keep;
    this.#reader = new InterruptLogReader(dialect, (event) => this.#take(event));
  }

  push(bytes: Buffer): void {
    this.#reader.push(bytes, this.#now());
  }

  /** The log has ended: what was cut short is told as such. */
  end(): void {
    this.#reader.end(this.#now());
  }

  /** The last events, oldest first; also the one that the log may not have finished. */
  recent(count: number = this.#keep): readonly TraceEvent[] {
    const { unfinished } = this.#reader;
    const all = unfinished ? [...this.#events, unfinished] : this.#events;
    return all.slice(-count);
  }

  /** How many events of a class there were since the machine was spawned. */
  count(kind: EventClass): number {
    const { unfinished } = this.#reader;
    return (this.#counts.get(kind) ?? 0) + (unfinished?.class === kind ? 1 : 0);
  }

  /** How many events there were since the machine was spawned. */
  get total(): number {
    return this.#total + (this.#reader.unfinished ? 1 : 0);
  }

  #take(event: TraceEvent): void {
    this.faults.take(event);
    this.#counts.set(event.class, (this.#counts.get(event.class) ?? 0) + 1);
    this.#total++;
    this.#events.push(event);
    this.#bytes += event.raw.length;
    if (this.#events.length > 2 * this.#keep || this.#bytes > KEPT_BYTES) this.#forget();
  }

  /** In large steps, so that an event costs no move. */
  #forget(): void {
    this.#events = this.#events.slice(-this.#keep);
    this.#bytes = this.#events.reduce((sum, { raw }) => sum + raw.length, 0);
    while (this.#bytes > KEPT_BYTES) this.#bytes -= this.#events.shift()?.raw.length ?? 0;
  }
}
