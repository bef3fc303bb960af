import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Bytes } from '../../units.ts';
import { LONGEST_LOOK, type LogBytes } from './log-bytes.ts';

/** The log up to where a machine reset. */
export interface CrashBytes {
  /** The number of the last event before it. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** A cascade and the last events before it lie within so many events. */
const LOOK_BACK = 80;
const NEAR: Bytes = LONGEST_LOOK / 2;
/** Of a machine that resets for ever, nobody reads all. The last one is kept as well. */
const MOST = 8;

interface Range {
  readonly number: number;
  readonly from: Bytes;
  readonly to: Bytes;
}

/** Finds where the machine reset, and keeps what was before it. Power-on and the start of another vCPU are no crash. */
export class Crashes {
  readonly #log: LogBytes;
  readonly #starts = new Float64Array(LOOK_BACK);
  #events = 0;
  readonly #first: CrashBytes[] = [];
  #last: Range | undefined;
  #lastBytes: CrashBytes | undefined;
  #count = 0;
  #isRunning = false;

  constructor(log: LogBytes) {
    this.#log = log;
  }

  take(event: ScannedEvent, number: number): void {
    const isTriple = event.class === 'triple-fault';
    const isReset = event.class === 'reset' && event.cpu <= 0;
    if (isTriple || (isReset && this.#isRunning)) this.#crash(event, isTriple ? event.endsAt : event.startsAt, number);
    if (isTriple || isReset) this.#isRunning = false;
    else if (event.vector >= 0 && event.told !== 0) this.#isRunning = true;
    this.#starts[this.#events % LOOK_BACK] = event.startsAt;
    this.#events++;
  }

  /** What stands before an offset is about to go out of sight. */
  saveBefore(offset: Bytes): void {
    if (this.#last && this.#last.from < offset) this.#saveLast();
  }

  get count(): number {
    return this.#count;
  }

  /** The first ones and the last, oldest first. */
  read(): CrashBytes[] {
    this.#saveLast();
    return this.#lastBytes ? [...this.#first, this.#lastBytes] : this.#first;
  }

  #crash({ startsAt }: ScannedEvent, to: Bytes, number: number): void {
    this.#count++;
    const range = { number, from: this.#firstNear(startsAt), to };
    if (this.#first.length >= MOST) {
      this.#last = range;
      return;
    }
    const bytes = this.#log.slice(range.from, to);
    if (bytes) this.#first.push({ number, bytes });
  }

  /** Where other output stands between the events, fewer of them are near enough. */
  #firstNear(at: Bytes): Bytes {
    const nearest = Math.max(this.#log.from, at - NEAR);
    for (let event = Math.max(0, this.#events - LOOK_BACK); event < this.#events; event++) {
      const start = this.#starts[event % LOOK_BACK] as number;
      if (start >= nearest) return start;
    }
    return at;
  }

  #saveLast(): void {
    const bytes = this.#last && this.#log.slice(this.#last.from, this.#last.to);
    if (bytes && this.#last) this.#lastBytes = { number: this.#last.number, bytes };
    this.#last = undefined;
  }
}
