import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Bytes } from '../../units.ts';
import type { LogWindow } from './log-window.ts';

/** The log up to where a machine reset. */
export interface CrashBytes {
  /** The number of the last event before it. */
  readonly number: number;
  readonly bytes: Buffer;
}

/** A cascade and the last events before it lie within so many events. */
const LOOK_BACK = 80;
/** Of a machine that resets for ever, nobody reads all. The last one is kept as well. */
const MOST = 8;

/** Finds where the machine reset, and keeps what was before it. Power-on and the start of another vCPU are no crash. */
export class Crashes {
  readonly #window: LogWindow;
  readonly #starts = new Float64Array(LOOK_BACK);
  #next = 0;
  #events = 0;
  readonly #first: CrashBytes[] = [];
  #last: CrashBytes | undefined;
  #count = 0;
  #isRunning = false;

  constructor(window: LogWindow) {
    this.#window = window;
  }

  take(event: ScannedEvent, number: number): void {
    const isTriple = event.class === 'triple-fault';
    const isReset = event.class === 'reset' && event.cpu <= 0;
    if (isTriple || (isReset && this.#isRunning)) this.#crash(isTriple ? event.endsAt : event.startsAt, number);
    if (isTriple || isReset) this.#isRunning = false;
    else if (event.vector >= 0 && event.told !== 0) this.#isRunning = true;
    this.#starts[this.#next] = event.startsAt;
    this.#next = (this.#next + 1) % LOOK_BACK;
    this.#events++;
  }

  get count(): number {
    return this.#count;
  }

  /** The first ones and the last, oldest first. */
  read(): CrashBytes[] {
    return this.#last ? [...this.#first, this.#last] : this.#first;
  }

  #crash(end: Bytes, number: number): void {
    this.#count++;
    const start = this.#events < LOOK_BACK ? 0 : (this.#starts[this.#next] as number);
    const oldest = this.#events < LOOK_BACK ? (this.#starts[0] as number) : start;
    const bytes = this.#window.slice(this.#events === 0 ? end : oldest, end);
    if (!bytes) return;
    if (this.#first.length < MOST) this.#first.push({ number, bytes });
    else this.#last = { number, bytes };
  }
}
