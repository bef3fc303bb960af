import type { Bytes } from '../../units.ts';
import { TIME_PREFIX, type TracedEvent, tracedEvent } from './traced-event.ts';

/** No line of the log is near this; what has no end by then belongs to no event. */
const LONGEST_LINE: Bytes = 64 * 2 ** 10;

/** Looked for only before an event: a log of interrupts is full of digits. */
const TIME = new RegExp(`${TIME_PREFIX}$`);
const LONGEST_TIME = 40;

/**
 * Takes trace events out of the log that QEMU writes them to, where interrupts are logged as well. QEMU writes an event at
 * once, but a record of an interrupt in pieces: an event of another thread may stand in the middle of its line, which is
 * whole again without it. However the bytes are cut, the events and what is left are the same.
 */
export class EventFilter {
  readonly #take: (event: TracedEvent) => void;
  #pattern: RegExp | undefined;
  #partial = '';

  constructor(take: (event: TracedEvent) => void) {
    this.#take = take;
  }

  /** Which events there may be from now on. Without any, everything is left as it is. */
  expect(names: Iterable<string>): void {
    const known = [...names].sort((a, b) => b.length - a.length);
    // Names are words of a C program: nothing in them needs to be escaped.
    this.#pattern = known.length > 0 ? new RegExp(`(${known.join('|')}) ([^\\n]*)\\n`, 'g') : undefined;
  }

  /** @returns what is no event. */
  push(bytes: Buffer): Buffer {
    if (!this.#pattern && this.#partial === '') return bytes;
    const text = this.#partial + bytes.toString('latin1');
    const whole = text.lastIndexOf('\n') + 1;
    const end = text.length - whole > LONGEST_LINE ? text.length : whole;
    this.#partial = text.slice(end);
    return this.#without(text.slice(0, end));
  }

  /** The log has ended. @returns what was left of it. */
  end(): Buffer {
    const rest = this.#partial;
    this.#partial = '';
    return this.#without(rest);
  }

  #without(text: string): Buffer {
    if (!this.#pattern) return Buffer.from(text, 'latin1');
    let rest = '';
    let from = 0;
    for (const { 0: whole, 1: name = '', 2: args = '', index } of text.matchAll(this.#pattern)) {
      const before = text.slice(from, index);
      const time = TIME.exec(before.slice(-LONGEST_TIME));
      rest += time ? before.slice(0, -time[0].length) : before;
      from = index + whole.length;
      this.#take(tracedEvent(name, args, time?.groups?.seconds, time?.groups?.micros));
    }
    return Buffer.from(rest + text.slice(from), 'latin1');
  }
}
