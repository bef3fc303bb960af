import type { EventClass, Privilege } from './interrupt-log.ts';

/** Which of an event's numbers the log tells. */
export const Told = { pc: 1, sp: 2, faultAddress: 4, errorCode: 8, handlers: 16 } as const;

/**
 * One event of the interrupt log as numbers, in fields that are filled anew for each: nothing is allocated for an event.
 * A 64-bit value is two signed 32-bit halves, so that its sign is that of the whole. {@link told} says which are there.
 */
export class ScannedEvent {
  class: EventClass = 'unknown';
  name = '';
  /** -1: the log does not say. */
  cpu = -1;
  /** -1: it has none. */
  vector = -1;
  from: Privilege | undefined;
  to: Privilege | undefined;
  told = 0;
  pcHigh = 0;
  pcLow = 0;
  spHigh = 0;
  spLow = 0;
  faultHigh = 0;
  faultLow = 0;
  errorHigh = 0;
  errorLow = 0;
  /** Where the table of handlers stands: x86 IDT, Arm VBAR. Another one is another program's: the firmware's, the kernel's. */
  handlersHigh = 0;
  handlersLow = 0;
  /** As {@link LoggedFacts}. -1: none. */
  during = -1;
  raised: EventClass | undefined;
  /** The number that the log itself gives it; -1: it gives none. */
  number = -1;
  /** How wide the code is that it happened to, as far as the log tells; 0: it does not. */
  codeBits: 0 | 32 | 64 = 0;
  inSystemManagement = false;
  truncated = false;
  /** Where it stands in the log, in bytes from its beginning. */
  startsAt = 0;
  endsAt = 0;

  clear(): void {
    this.class = 'unknown';
    this.name = '';
    this.cpu = -1;
    this.vector = -1;
    this.from = undefined;
    this.to = undefined;
    this.told = 0;
    this.during = -1;
    this.raised = undefined;
    this.number = -1;
    this.codeBits = 0;
    this.inSystemManagement = false;
    this.truncated = false;
    // Not told is the same everywhere, whatever was read before.
    this.pcHigh = 0;
    this.pcLow = 0;
    this.spHigh = 0;
    this.spLow = 0;
    this.faultHigh = 0;
    this.faultLow = 0;
    this.errorHigh = 0;
    this.errorLow = 0;
    this.handlersHigh = 0;
    this.handlersLow = 0;
  }
}

/** What a line is, as {@link LineMeaning} says it. */
export const Line = { unsure: 0, begins: 1, alone: 2, announces: 3, precedes: 4, continues: 5, dump: 6 } as const;
export type Line = (typeof Line)[keyof typeof Line];

/** A line as {@link LineScanner} left it. */
export interface ScannedLine {
  /** What it says of the event that it begins, announces or precedes. */
  readonly event: ScannedEvent;
  /** Where the next line begins. */
  next: number;
  /** The last line that a whole record has is among what was read. */
  isLast: boolean;
  /** Of a dump, lines may be read together as long as they begin within so many bytes. */
  budget: number;
}

/** Reads the lines of an architecture's log that come by the million. It must agree with the recognisers, or be unsure. */
export interface LineScanner {
  /**
   * @param at Where the line begins; at least {@link SCAN_MARGIN} bytes and a newline follow.
   * @param open The event that has begun and that a line may continue, `undefined` where there is none.
   * @returns {@link Line.unsure} where the recognisers are to be asked: then nothing has been changed but `line.event`.
   */
  scan(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent | undefined): Line;

  /**
   * The first line after a newline in `bytes` that ends whatever came before it, and at which nothing is announced: what
   * follows reads the same to somebody who begins there. What more bytes would follow does not matter, unless there is none.
   * @returns -1: none.
   */
  findBeginning(bytes: Buffer): number;
}

/** No line that a scanner is sure of is longer, apart from those whose end it looks for. */
export const SCAN_MARGIN = 256;

/** Lines that are read together have no more bytes than are counted of a single one: a longer one is read alone. */
export const READ_TOGETHER = 4 * 2 ** 10;

/** The values of lower-case hexadecimal digits; -1 for all other bytes. */
export const DIGITS = new Int8Array(256).fill(-1);
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value;

/** The value of up to eight digits, as a signed number of 32 bits. Of what is none, {@link areDigits} tells. */
export function digitsAt(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) value = (value << 4) | (DIGITS[bytes[index] as number] as number);
  return value;
}

/** The value of eight digits, of which {@link areDigits} is known. */
export function eightDigits(view: DataView, at: number): number {
  return (fourDigits(view.getInt32(at, true)) << 16) | fourDigits(view.getInt32(at + 4, true));
}

/** A digit has its value in its low bits; a letter has 9 less than its value there, and one bit that no digit has. */
function fourDigits(word: number): number {
  const values = (word & 0x0f0f0f0f) + ((word >>> 6) & 0x01010101) * 9;
  const pairs = (values << 4) | (values >>> 8);
  return ((pairs & 0xff) << 8) | ((pairs >>> 16) & 0xff);
}

export function areDigits(bytes: Uint8Array, at: number, count: number): boolean {
  let all = 0;
  for (let index = at; index < at + count; index++) all |= DIGITS[bytes[index] as number] as number;
  return all >= 0;
}

/** How many digits stand here, up to 17: more than any number has. */
export function countDigits(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + 17 && (DIGITS[bytes[end] as number] as number) >= 0) end++;
  return end - at;
}

/** The number that {@link readNumber} read last. */
export const read = { high: 0, low: 0 };

/**
 * Reads a number of up to 16 digits.
 * @returns where it ends: where it should begin if it has none, or more.
 */
export function readNumber(bytes: Uint8Array, at: number): number {
  let high = 0;
  let low = 0;
  let end = at;
  for (;;) {
    const digit = DIGITS[bytes[end] as number] as number;
    if (digit < 0) break;
    if (end === at + 16) return at;
    high = (high << 4) | (low >>> 28);
    low = (low << 4) | digit;
    end++;
  }
  read.high = high;
  read.low = low;
  return end;
}

/** Four characters as a scanner compares them: with one load. */
export function fourOf(text: string): number {
  return Buffer.from(text, 'latin1').readInt32LE(0);
}

/** A text whose length is a multiple of four. */
export function wordsOf(text: string): readonly number[] {
  const bytes = Buffer.from(text, 'latin1');
  return Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32LE(4 * index));
}

const NEWLINES = 0x0a0a0a0a;

/** Where the next newline is. There must be one. Bytes are looked at by the word. */
export function newlineFrom(bytes: Uint8Array, view: DataView, from: number): number {
  let at = from;
  for (const last = view.byteLength - 8; at <= last; at += 8) {
    const one = view.getInt32(at, true) ^ NEWLINES;
    const two = view.getInt32(at + 4, true) ^ NEWLINES;
    // The top bit of bytes that are zero, and maybe of some after the first.
    const inOne = (one - 0x01010101) & ~one & 0x80808080;
    const inTwo = (two - 0x01010101) & ~two & 0x80808080;
    if (inOne !== 0) return at + firstByte(inOne);
    if (inTwo !== 0) return at + 4 + firstByte(inTwo);
  }
  while (bytes[at] !== 0x0a) at++;
  return at;
}

/** Of bytes whose top bits are set. */
function firstByte(tops: number): number {
  return (31 - Math.clz32(tops & -tops)) >> 3;
}
