import type { Bytes } from '../../units.ts';
import { LONGEST_LOOK, type LogBytes } from './log-bytes.ts';

/** So much of the log can be looked at again: thousands of events. */
export const WINDOW: Bytes = 2 * LONGEST_LOOK;

/** The end of a log that streams by, in the pieces in which it came. */
export class LogWindow implements LogBytes {
  #pieces: Buffer[] = [];
  /** Where in the log the first piece begins, and the last one ends. */
  #from: Bytes = 0;
  #to: Bytes = 0;

  /** @param bytes They stay as they are until {@link WINDOW} and as many more have been pushed. */
  push(bytes: Buffer): void {
    this.#pieces.push(bytes);
    this.#to += bytes.length;
    while (this.#to - this.#from - (this.#pieces[0]?.length ?? 0) > WINDOW)
      this.#from += this.#pieces.shift()?.length ?? 0;
  }

  /** What is not older can still be looked at once the next `length` bytes have been pushed. */
  stays(length: Bytes): Bytes {
    return this.#to + length - WINDOW;
  }

  get from(): Bytes {
    return this.#from;
  }

  slice(from: Bytes, to: Bytes): Buffer | undefined {
    if (from < this.#from || to - from > LONGEST_LOOK) return undefined;
    const parts: Buffer[] = [];
    let at = this.#from;
    for (const piece of this.#pieces) {
      if (at + piece.length > from && at < to) parts.push(piece.subarray(Math.max(0, from - at), to - at));
      at += piece.length;
    }
    return Buffer.concat(parts);
  }
}
