import type { ArchDescription } from '../arch/arch.ts';
import type { InterruptLogDialect } from '../arch/interrupt-log.ts';
import type { Bytes, Millis } from '../units.ts';
import { FaultCycle } from './fault-cycle.ts';
import { InterruptCount } from './interrupt-count.ts';
import { InterruptLogReader, type TraceEvent } from './interrupt-log.ts';

/** Of the log, so much is kept: some 700 events with their registers on x86, some thousands on Arm. */
const KEPT: Bytes = 2 ** 20;
/** Enough to see a cycle of faults. */
const GLANCE: Bytes = 2 ** 18;
/** No event is longer: where a count begins, the event that the log is in the middle of began within so much. */
const LEAD: Bytes = 2 ** 14;
const DEFAULT_EVENTS = 512;
const NEWLINE = 0x0a;

/** A piece of the log, and when it was read. */
interface Piece {
  readonly bytes: Buffer;
  readonly atMs: Millis;
}

/**
 * What happened in a machine, as far as its interrupt log tells. A guest that forks and faults writes tens of megabytes a
 * second: while it runs, events are only counted and the end of the log is kept; it is read when somebody asks, and as it
 * comes where somebody counts.
 */
export class FlightRecorder {
  readonly #arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>;
  readonly #dialect: InterruptLogDialect;
  readonly #now: () => Millis;
  readonly #counts = new Set<InterruptCount>();
  #pieces: Piece[] = [];
  #kept: Bytes = 0;
  #hasForgotten = false;
  #hasEnded = false;
  /** The beginning of a line whose end is yet to come. */
  #partial = Buffer.alloc(0);
  #events = 0;
  #interrupts = 0;

  /** @param now Time since the machine was spawned. */
  constructor(arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>, now: () => Millis) {
    this.#arch = arch;
    this.#dialect = arch.interruptLog;
    this.#now = now;
  }

  push(bytes: Buffer): void {
    this.#pieces.push({ bytes, atMs: this.#now() });
    this.#kept += bytes.length;
    while (this.#kept - (this.#pieces[0]?.bytes.length ?? 0) > KEPT) this.#forgetOldest();
    this.#count(bytes);
    for (const count of this.#counts) count.push(bytes);
  }

  /** The log has ended: what was cut short is told as such. */
  end(): void {
    this.#hasEnded = true;
    for (const count of this.#counts) count.end();
  }

  /** Whether QEMU has written anything. Every machine's log begins with its reset. */
  get isSilent(): boolean {
    return this.#pieces.length === 0;
  }

  /**
   * Counts what the kernel takes from now on: every event of the log, at some hundred megabytes of it a second.
   * @returns the count, which grows, and what ends it.
   */
  startCount(): { readonly count: InterruptCount; readonly stop: () => void } {
    const lead = this.#pieces.slice(this.#firstWithin(LEAD)).map(({ bytes }) => bytes);
    const count = new InterruptCount(this.#arch, lead);
    this.#counts.add(count);
    return { count, stop: () => this.#counts.delete(count) };
  }

  /** How many interrupts and exceptions there were since the machine was spawned. */
  get events(): number {
    return this.#events;
  }

  /** Those among them that are interrupts. */
  get interrupts(): number {
    return this.#interrupts;
  }

  /** The last events, oldest first; also the one that the log may not have finished. */
  recent(count = DEFAULT_EVENTS): readonly TraceEvent[] {
    return this.#read(KEPT).slice(-count);
  }

  /** Some of the last events, and what the guest does over and over, when all that it has done of late is that. */
  glance(): { readonly events: readonly TraceEvent[]; readonly cycle: FaultCycle } {
    const cycle = new FaultCycle();
    const events = this.#read(GLANCE);
    for (const event of events) cycle.take(event);
    return { events, cycle };
  }

  #forgetOldest(): void {
    this.#kept -= this.#pieces.shift()?.bytes.length ?? 0;
    this.#hasForgotten = true;
  }

  /** Texts are looked for in whole lines: a piece may end in the middle of one. */
  #count(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      this.#partial = Buffer.concat([this.#partial, bytes]).subarray(-KEPT);
      return;
    }
    const whole = Buffer.concat([this.#partial, bytes.subarray(0, end)]);
    this.#partial = Buffer.from(bytes.subarray(end));
    const { event, interrupts } = this.#dialect.marks;
    this.#events += occurrences(whole, event);
    for (const mark of interrupts) this.#interrupts += occurrences(whole, mark);
  }

  /** @param within At least so much from the log's end is read. */
  #read(within: Bytes): TraceEvent[] {
    const events: TraceEvent[] = [];
    const reader = new InterruptLogReader(this.#dialect, (event) => events.push(event));
    const first = this.#firstWithin(within);
    for (const { bytes, atMs } of this.#pieces.slice(first)) reader.push(bytes, atMs);
    if (this.#hasEnded) reader.end(this.#now());
    else if (reader.unfinished) events.push(reader.unfinished);
    // The first piece may begin in the middle of an event.
    const isCut = this.#hasForgotten || first > 0;
    const from = isCut ? events.findIndex((event) => event.class !== 'unknown' && !event.truncated) : 0;
    return from < 0 ? [] : events.slice(from);
  }

  /** The first of the last pieces that have at least so much together. */
  #firstWithin(within: Bytes): number {
    let first = this.#pieces.length;
    for (let bytes = 0; first > 0 && bytes < within; bytes += this.#pieces[first]?.bytes.length ?? 0) first--;
    return first;
  }
}

function occurrences(bytes: Buffer, text: string): number {
  let count = 0;
  for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) count++;
  return count;
}
