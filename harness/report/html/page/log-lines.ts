import { PLAIN, restyled, type TextStyle } from './style-of-text.ts';
import { type TextRun, textRuns } from './text-runs.ts';

const LF = 0x0a;
const CR = 0x0d;
const ESC = 0x1b;
/** A longer line goes on in the next row: rows are drawn whole. In bytes. */
const LONGEST = 2_000;

/**
 * A log's rows, found once in its bytes and decoded when they are looked at. A line ends with `\n`, `\r\n`, or a `\r` alone,
 * as the harness reads consoles.
 */
export class LogLines {
  readonly bytes: Uint8Array;
  /** Where each row begins, and one past the last. */
  readonly #starts: Uint32Array;
  /** Rows from which on the style is another. */
  readonly #styles: readonly { readonly row: number; readonly style: TextStyle }[];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    const { starts, styles } = scan(bytes);
    this.#starts = starts;
    this.#styles = styles;
  }

  get count(): number {
    return this.#starts.length - 1;
  }

  runsOf(row: number): TextRun[] {
    return textRuns(this.textOf(row), this.#styleBefore(row));
  }

  /** As it was written, without its ending. */
  textOf(row: number): string {
    const { start, end } = this.#extent(row);
    return new TextDecoder().decode(this.bytes.subarray(start, end));
  }

  /** Whether it is the rest of a line that is too long for one row. */
  isContinued(row: number): boolean {
    const before = this.bytes[(this.#starts[row] ?? 0) - 1];
    return before !== undefined && before !== LF && before !== CR;
  }

  /** The byte that ends it. */
  lastByteOf(row: number): number {
    return Math.max(0, (this.#starts[row + 1] ?? 0) - 1);
  }

  /** The row that has a byte. */
  rowAt(byte: number): number {
    return Math.max(0, countUpTo(this.count, (row) => (this.#starts[row] ?? 0) <= byte) - 1);
  }

  #extent(row: number): { start: number; end: number } {
    const start = this.#starts[row] ?? 0;
    let end = this.#starts[row + 1] ?? start;
    while (end > start && (this.bytes[end - 1] === LF || this.bytes[end - 1] === CR)) end--;
    return { start, end };
  }

  #styleBefore(row: number): TextStyle {
    const changes = countUpTo(this.#styles.length, (index) => (this.#styles[index]?.row ?? 0) <= row);
    return this.#styles[changes - 1]?.style ?? PLAIN;
  }
}

/** How many of the first indices hold, where all that hold come first. */
function countUpTo(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function scan(bytes: Uint8Array): { starts: Uint32Array; styles: { row: number; style: TextStyle }[] } {
  let starts = new Uint32Array(1024);
  let count = 1;
  let start = 0;
  let style = PLAIN;
  const styles: { row: number; style: TextStyle }[] = [];
  const endRow = (next: number) => {
    if (count === starts.length) {
      const larger = new Uint32Array(2 * count);
      larger.set(starts);
      starts = larger;
    }
    if ((styles.at(-1)?.style ?? PLAIN) !== style) styles.push({ row: count, style });
    starts[count++] = next;
    start = next;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === LF) endRow(at + 1);
    else if (byte === CR) {
      let after = at + 1;
      while (bytes[after] === CR) after++;
      // Before a line feed it belongs to that; with nothing before it, it ends nothing.
      if (bytes[after] !== LF && at > start && after < bytes.length) endRow(after);
      at = after - 1;
    } else if (byte === ESC && bytes[at + 1] === 0x5b) style = styleAfter(bytes, at + 2, style);
    else if (at - start >= LONGEST && (byte & 0xc0) !== 0x80) endRow(at);
  }
  if (start < bytes.length) endRow(bytes.length);
  return { starts: starts.slice(0, count), styles };
}

const LONGEST_SEQUENCE = 64;

/** @param at Where the parameters begin. */
function styleAfter(bytes: Uint8Array, at: number, style: TextStyle): TextStyle {
  let end = at;
  while (end < at + LONGEST_SEQUENCE && (bytes[end] ?? 0) >= 0x30 && (bytes[end] ?? 0) <= 0x3f) end++;
  if (bytes[end] !== 0x6d) return style;
  return restyled(style, String.fromCharCode(...bytes.subarray(at, end)));
}
