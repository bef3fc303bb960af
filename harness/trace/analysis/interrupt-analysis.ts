import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Bytes, Millis } from '../../units.ts';
import { ChosenEvents, type FoundEvents } from './chosen-events.ts';
import { type CrashBytes, Crashes } from './crashes.ts';
import { ExceptionStorms, type Storm } from './exception-storms.ts';
import { type HandlerTable, HandlerTables } from './handler-tables.ts';
import { type EventBytes, KeptEvents } from './kept-events.ts';
import type { LogBytes } from './log-bytes.ts';
import { PrivilegeChanges, type PrivilegeFacts } from './privilege-changes.ts';
import { type AddressRange, type Suspicion, Suspicions } from './suspicions.ts';

export interface AnalysisRequest {
  /** How many of the last events are kept with their registers. */
  readonly last: number;
  /** Only these are kept, by their vector or QEMU's number of the exception. Absent: all. */
  readonly vector?: number | undefined;
  /** Two events to compare, by their numbers. */
  readonly between?: readonly [number, number] | undefined;
  /** Where the kernel's stacks lie. */
  readonly stacks: readonly AddressRange[];
}

/** What an interrupt log tells, as bytes where somebody may yet ask for registers. */
export interface AnalysedLog {
  readonly bytes: Bytes;
  /** Interrupts and exceptions: returns, resets and lines that nobody knows are none. */
  readonly exceptions: number;
  readonly events: number;
  readonly unknown: number;
  /** The number of the first event: where it is not 0, the log begins after the machine did. Absent: there is none. */
  readonly firstNumber?: number;
  /** The log ends in the middle of an event. */
  readonly endsCut: boolean;
  /** Records in its middle that are not whole. */
  readonly cutWithin: number;
  /** How long the log was watched; absent: nobody did. */
  readonly watchedMs?: Millis;
  readonly tables: readonly HandlerTable[];
  readonly privileges: PrivilegeFacts;
  readonly storms: readonly Storm[];
  readonly suspicions: readonly Suspicion[];
  readonly crashes: { readonly count: number; readonly kept: readonly CrashBytes[] };
  readonly last: readonly EventBytes[];
  readonly chosen?: FoundEvents;
}

/** Everything that a report says of an interrupt log, found event by event. Memory does not grow with the log. */
export class InterruptAnalysis {
  readonly #vector: number | undefined;
  readonly #tables = new HandlerTables();
  readonly #privileges = new PrivilegeChanges();
  readonly #storms = new ExceptionStorms();
  readonly #suspicions: Suspicions;
  readonly #crashes: Crashes;
  readonly #kept: KeptEvents;
  readonly #chosen: ChosenEvents | undefined;
  #events = 0;
  #exceptions = 0;
  #unknown = 0;
  #cut = 0;
  #cutWithin: number | undefined;
  #number = -1;
  #firstNumber: number | undefined;

  /** @param bytes Of the log that the events are from. */
  constructor(bytes: LogBytes, request: AnalysisRequest) {
    this.#vector = request.vector;
    this.#suspicions = new Suspicions(request.stacks);
    this.#crashes = new Crashes(bytes);
    this.#kept = new KeptEvents(bytes, request.last);
    this.#chosen = request.between && new ChosenEvents(bytes, request.between);
  }

  /** What of the log stands before an offset can soon not be read any more. */
  saveBefore(offset: Bytes): void {
    this.#kept.saveBefore(offset);
    this.#crashes.saveBefore(offset);
  }

  /** The log has ended: what is still taken was unfinished then. */
  logEnds(): void {
    this.#cutWithin = this.#cut;
  }

  /** Interrupts and exceptions so far. */
  get exceptions(): number {
    return this.#exceptions;
  }

  /**
   * @param bytes How long the log is.
   * @param atMs When it ended, if it was watched.
   */
  facts(bytes: Bytes, atMs?: Millis): AnalysedLog {
    const cutWithin = this.#cutWithin ?? this.#cut;
    return {
      bytes,
      exceptions: this.#exceptions,
      events: this.#events,
      unknown: this.#unknown,
      ...(this.#firstNumber === undefined ? {} : { firstNumber: this.#firstNumber }),
      endsCut: this.#cut > cutWithin,
      cutWithin,
      ...(atMs === undefined ? {} : { watchedMs: atMs }),
      tables: this.#tables.facts(atMs),
      privileges: this.#privileges.facts(),
      storms: this.#storms.facts(),
      suspicions: this.#suspicions.facts(),
      crashes: { count: this.#crashes.count, kept: this.#crashes.read() },
      last: this.#kept.read(),
      ...(this.#chosen ? { chosen: this.#chosen.read() } : {}),
    };
  }

  /** @param atMs When it arrived, since the log began to be watched; absent: it was written before. */
  take(event: ScannedEvent, atMs?: Millis): void {
    this.#events++;
    if (event.truncated) this.#cut++;
    if (event.class === 'unknown') {
      this.#unknown++;
      this.#tables.take(event, atMs);
      return;
    }
    // An interrupt without a record has no number in the log either.
    const isNumbered = event.vector >= 0 && event.told !== 0;
    if (isNumbered) {
      this.#exceptions++;
      this.#number = event.number >= 0 ? event.number : this.#number + 1;
      this.#firstNumber ??= this.#number;
    }
    const number = this.#number;
    this.#tables.take(event, atMs);
    this.#privileges.take(event, number);
    this.#storms.take(event, number);
    this.#suspicions.take(event, number);
    this.#crashes.take(event, number);
    this.#chosen?.take(event, number, isNumbered);
    if (this.#vector === undefined ? event.class !== 'exception-return' : event.vector === this.#vector)
      this.#kept.take(event, number);
  }
}
