import type { Bytes } from '../units.ts';

const TAIL_BYTES: Bytes = 4 * 1024;

/** The bytes of the line that is being received, NUL bytes left out: its beginning up to a limit, and its last 4 KiB. */
export class LineBytes {
  readonly #limit: Bytes;
  #kept = Buffer.alloc(256);
  #length = 0;
  #isTruncated = false;
  /** A window over the bytes past the limit. It is twice as long as needed, so that it moves rarely. */
  #window: Buffer | undefined;
  #windowLength = 0;

  constructor(limit: Bytes) {
    this.#limit = limit;
  }

  append(bytes: Uint8Array, from: number, end: number): void {
    const whole = bytes.subarray(from, end);
    const visible = whole.includes(0) ? whole.filter((byte) => byte !== 0) : whole;
    const room = this.#limit - this.#length;
    const fitting = visible.length <= room ? visible : visible.subarray(0, room);
    this.#reserve(this.#length + fitting.length);
    this.#kept.set(fitting, this.#length);
    this.#length += fitting.length;
    if (visible.length > room) {
      this.#isTruncated = true;
      this.#slide(visible.subarray(room));
    }
  }

  get isEmpty(): boolean {
    return this.#length === 0 && !this.#isTruncated;
  }

  get isTruncated(): boolean {
    return this.#isTruncated;
  }

  /** A view, valid until the next change. */
  head(): Buffer {
    return this.#kept.subarray(0, this.#length);
  }

  /** The line's last 4 KiB, starting with a whole character. */
  tail(): Buffer {
    const late = (this.#window ?? this.#kept).subarray(0, this.#windowLength);
    const early = this.head().subarray(-Math.max(1, TAIL_BYTES - late.length));
    const joined = Buffer.concat(late.length < TAIL_BYTES ? [early, late] : [late]).subarray(-TAIL_BYTES);
    const isCut = this.#length + late.length > TAIL_BYTES || this.#windowLength > TAIL_BYTES;
    return isCut ? skipContinuationBytes(joined) : joined;
  }

  /** Whether the line so far ends with these bytes. */
  endsWith(bytes: Uint8Array): boolean {
    return this.tail().subarray(-bytes.length).equals(bytes);
  }

  clear(): void {
    this.#length = 0;
    this.#isTruncated = false;
    this.#windowLength = 0;
  }

  #reserve(length: Bytes): void {
    if (length <= this.#kept.length) return;
    const larger = Buffer.alloc(Math.min(this.#limit, Math.max(length, this.#kept.length * 2)));
    larger.set(this.head());
    this.#kept = larger;
  }

  #slide(bytes: Uint8Array): void {
    this.#window ??= Buffer.alloc(2 * TAIL_BYTES);
    const last = bytes.subarray(-TAIL_BYTES);
    if (this.#windowLength + last.length > this.#window.length) {
      this.#window.copyWithin(0, this.#windowLength - TAIL_BYTES, this.#windowLength);
      this.#windowLength = TAIL_BYTES;
    }
    this.#window.set(last, this.#windowLength);
    this.#windowLength += last.length;
  }
}

function skipContinuationBytes(bytes: Buffer): Buffer {
  let start = 0;
  while (start < 3 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start++;
  return bytes.subarray(start);
}
