import { readSync } from 'node:fs';
import type { Bytes } from '../../units.ts';

/** A log of which some can be looked at again: events that a report shows as they stand there. */
export interface LogBytes {
  /** The first byte that can be looked at. */
  readonly from: Bytes;
  /** A copy of what stands there, as far as it has come; `undefined` when it is gone, or longer than {@link LONGEST_LOOK}. */
  readonly slice: (from: Bytes, to: Bytes) => Buffer | undefined;
}

/** Nobody looks at more at once: no event is near as long, nor are those that lead to a crash. */
export const LONGEST_LOOK: Bytes = 2 * 2 ** 20;

/** A file, of which all can be looked at. */
export class FileBytes implements LogBytes {
  readonly from: Bytes = 0;
  readonly #file: number;

  /** @param file Its descriptor, which stays open. */
  constructor(file: number) {
    this.#file = file;
  }

  slice(from: Bytes, to: Bytes): Buffer | undefined {
    if (to - from > LONGEST_LOOK) return undefined;
    const bytes = Buffer.alloc(to - from);
    return bytes.subarray(0, readSync(this.#file, bytes, 0, bytes.length, from));
  }
}
