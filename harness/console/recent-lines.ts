import type { Line } from '../lines/line.ts';
import type { Bytes } from '../units.ts';

/** What a line costs beside its text, roughly: a flood of empty lines is bounded, too. */
const LINE_OVERHEAD: Bytes = 64;

/** The last lines of a stream, bounded in number and in size. */
export class RecentLines {
  readonly #maxLines: number;
  readonly #maxBytes: Bytes;
  #lines: Line[] = [];
  /** Lines before this position are forgotten; they leave the array in large steps, so that a line costs no move. */
  #first = 0;
  #bytes: Bytes = 0;

  constructor(maxLines: number, maxBytes: Bytes) {
    this.#maxLines = Math.max(1, maxLines);
    this.#maxBytes = maxBytes;
  }

  push(line: Line): void {
    this.#lines.push(line);
    this.#bytes += costOf(line);
    while (this.#count > 1 && (this.#count > this.#maxLines || this.#bytes > this.#maxBytes)) {
      this.#bytes -= costOf(this.#lines[this.#first] as Line);
      this.#first++;
    }
    if (this.#first > 1_024 && this.#first > this.#lines.length / 2) {
      this.#lines = this.#lines.slice(this.#first);
      this.#first = 0;
    }
  }

  get last(): Line | undefined {
    return this.#lines.at(-1);
  }

  recent(count = this.#count): readonly Line[] {
    return this.#lines.slice(Math.max(this.#first, this.#lines.length - count));
  }

  /** The lines from this index on that are still kept. */
  since(index: number): readonly Line[] {
    const oldest = this.#lines[this.#first];
    if (oldest === undefined) return [];
    return this.#lines.slice(this.#first + Math.max(0, index - oldest.index));
  }

  get #count(): number {
    return this.#lines.length - this.#first;
  }
}

function costOf(line: Line): Bytes {
  return LINE_OVERHEAD + 2 * line.text.length;
}
