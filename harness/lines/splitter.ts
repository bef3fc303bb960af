import { StringDecoder } from 'node:string_decoder';
import type { Bytes, Millis } from '../units.ts';
import { stripEscapes, stripEscapesSoFar } from './clean-text.ts';
import type { Line } from './line.ts';
import { LineBytes } from './line-bytes.ts';

const LF = 0x0a;
const CR = 0x0d;

export interface LineSplitterOptions {
  /** Raw bytes kept of one line, escape sequences included. Default 64 KiB. */
  readonly maxLineBytes?: Bytes;
}

/**
 * Cuts a stream of bytes into lines. The lines are the same however the stream is cut into chunks, memory is bounded by
 * the limit of one line, and time is linear in the bytes.
 *
 * - `\n`, `\r\n` and any run of `\r` before `\n` end a line.
 * - A `\r` alone ends one, too: each state of a progress bar is a line. It does so at once; a `\n` that follows in a
 *   later chunk belongs to it.
 * - A `\r` with nothing visible before it on its line ends nothing, so that `\n\r` is one ending, and erasing a line
 *   before it is written again (`ESC [ 2 K \r`) makes no empty one. Only `\n` makes empty lines.
 * - What exceeds the limit is dropped up to the line's end, and the line is marked `truncated`.
 */
export class LineSplitter {
  readonly #line: LineBytes;
  #nextIndex = 0;
  /** The last byte was a `\r` that ended a line: a `\n` now belongs to that ending. */
  #afterReturn = false;
  #tail: string | undefined = '';

  constructor(options: LineSplitterOptions = {}) {
    this.#line = new LineBytes(options.maxLineBytes ?? 64 * 1024);
  }

  /** Takes the next bytes of the stream and returns the lines that they end. */
  push(bytes: Uint8Array, atMs: Millis): Line[] {
    const lines: Line[] = [];
    const feed = new EndingScanner(bytes);
    let from = 0;
    while (from < bytes.length) {
      const end = feed.next(from);
      if (end > from) {
        this.#line.append(bytes, from, end);
        // NUL bytes are as if they had never come: they do not part a `\r` from its `\n` either.
        if (!this.#line.isEmpty) this.#afterReturn = false;
      }
      if (end < bytes.length) this.#takeEnding(bytes[end] as number, atMs, lines);
      from = end + 1;
    }
    if (bytes.length > 0) this.#tail = undefined;
    return lines;
  }

  /** The stream is over: returns the unfinished line if anything of it is visible. */
  end(atMs: Millis): Line[] {
    const lines: Line[] = [];
    this.#endLine(atMs, lines, 'visible');
    this.#afterReturn = false;
    this.#tail = '';
    return lines;
  }

  /**
   * The text of the unfinished line so far, cleaned as {@link Line.text}; the last 4 KiB of it when it is longer, also
   * past the line's limit. This is where a prompt stands.
   */
  get tail(): string {
    this.#tail ??= stripEscapesSoFar(decodeWhole(this.#line.tail()));
    return this.#tail;
  }

  /** Whether the bytes of the unfinished line end with these, escape sequences included. Not more than 4 KiB of them. */
  tailEndsWith(bytes: Uint8Array): boolean {
    return this.#line.endsWith(bytes);
  }

  /** The index of the unfinished line: the one that the next line will get. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  #takeEnding(byte: number, atMs: Millis, lines: Line[]): void {
    if (this.#afterReturn) {
      if (byte === LF) this.#afterReturn = false;
    } else if (byte === LF) {
      this.#endLine(atMs, lines, 'always');
    } else {
      this.#afterReturn = this.#endLine(atMs, lines, 'visible');
    }
  }

  #endLine(atMs: Millis, lines: Line[], when: 'always' | 'visible'): boolean {
    const truncated = this.#line.isTruncated;
    const kept = this.#line.head();
    const text = stripEscapes(truncated ? decodeWhole(kept) : kept.toString('utf8'));
    this.#line.clear();
    if (when === 'visible' && text === '' && !truncated) return false;
    lines.push({ index: this.#nextIndex++, atMs, text, truncated });
    return true;
  }
}

/** Decodes without the first bytes of a character that is cut at the end. */
function decodeWhole(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes);
}

/** Finds line endings in one chunk. Each byte value is searched once, also when the other one is far more frequent. */
class EndingScanner {
  readonly #bytes: Buffer;
  #lf = -1;
  #cr = -1;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The first position of `\n` or `\r` from `from` on, or the chunk's length. */
  next(from: number): number {
    if (this.#lf < from) this.#lf = this.#find(LF, from);
    if (this.#cr < from) this.#cr = this.#find(CR, from);
    return Math.min(this.#lf, this.#cr);
  }

  #find(byte: number, from: number): number {
    const at = this.#bytes.indexOf(byte, from);
    return at < 0 ? this.#bytes.length : at;
  }
}
