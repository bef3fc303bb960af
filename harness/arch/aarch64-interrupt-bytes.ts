import { exceptionClass, levels, refined } from './aarch64-interrupts.ts';
import {
  fourOf,
  Line,
  type LineScanner,
  newlineFrom,
  READ_TOGETHER,
  read,
  readNumber,
  SCAN_MARGIN,
  type ScannedEvent,
  type ScannedLine,
  Told,
  wordsOf,
} from './interrupt-bytes.ts';
import type { EventClass } from './interrupt-log.ts';

const [NEWLINE, RETURN, SPACE, DOT, SLASH, ZERO, NINE] = [0x0a, 0x0d, 0x20, 0x2e, 0x2f, 0x30, 0x39];
const [T, E, L, X, OPENING, CLOSING] = [0x54, 0x45, 0x4c, 0x78, 0x5b, 0x5d];

const TAKING = wordsOf('Taking exception'); // … and a space.
const [ON, CPU] = [fourOf(' on '), fourOf('CPU ')];
const [FROM, WITH, TO_E] = [fourOf('from'), fourOf('with'), fourOf('to E')];
const [SPACE_EL, TO, EL] = [fourOf(' EL0'), fourOf(' to '), fourOf('EL00')];
const [ESR, FAR, ELR] = [fourOf(' ESR'), fourOf(' FAR'), fourOf(' ELR')];
const [PC, NUMBER] = [fourOf(' PC '), fourOf(' 0x0')];
const [TWO, THREE] = [0x0000ffff, 0x00ffffff];
const RETURNS = wordsOf('Exception return from AArch64 EL');
const RETURN_TO = wordsOf(' to AArch64 '); // … EL, and its number.
const [FROM_AT, TO_AT, PC_AT] = [32, 47, 54];

/** The longest name that QEMU has for an exception is half as long. */
const LONGEST_NAME = 48;

interface Exception {
  readonly bytes: Buffer;
  readonly name: string;
  readonly class: EventClass;
}

/** By QEMU's numbers: the name that a number had when it was first seen. */
const exceptions: (Exception | undefined)[] = [];

/** Data aborts are left to the whole syndrome: the status code of one that is misaligned. */
const MISALIGNED = 0x21;
const STATUS = 0x3f;
const byStatus = (status: number) => Array.from({ length: 64 }, (_, exception) => refined(exception, status).class);
const [refinements, whenMisaligned] = [byStatus(0), byStatus(MISALIGNED)];

/** Reads exceptions, what continues them, and returns, of vCPUs that run AArch64. */
export const armLineScanner: LineScanner = {
  scan: (bytes, view, at, line, open) => {
    const first = bytes[at];
    if (first === DOT) return open ? scanContinuations(bytes, view, at, line, open) : Line.unsure;
    if (first === T) return scanException(bytes, view, at, line);
    return first === E ? scanReturn(bytes, view, at, line) : Line.unsure;
  },
  findBeginning: (bytes) => {
    const newline = bytes.indexOf('\nTaking exception ', 0, 'latin1');
    return newline < 0 ? -1 : newline + 1;
  },
};

/** `Taking exception 5 [IRQ] on CPU 0` */
function scanException(bytes: Uint8Array, view: DataView, from: number, line: ScannedLine): Line {
  if (!areWords(view, from, TAKING) || bytes[from + 16] !== SPACE) return Line.unsure;
  let at = from + 17;
  const numberEnd = decimalsEnd(bytes, at);
  const number = decimal(bytes, at, numberEnd);
  if (bytes[numberEnd] !== SPACE || bytes[numberEnd + 1] !== OPENING) return Line.unsure;
  const exception = exceptions[number] ?? learnException(bytes, numberEnd + 2, number);
  if (!exception || !isText(bytes, numberEnd + 2, exception.bytes)) return Line.unsure;
  at = numberEnd + 2 + exception.bytes.length + 1;
  if (view.getInt32(at, true) !== ON || view.getInt32(at + 4, true) !== CPU) return Line.unsure;
  const cpuEnd = decimalsEnd(bytes, at + 8);
  if (cpuEnd === at + 8 || numberEnd === from + 17) return Line.unsure;
  const { event } = line;
  event.clear();
  event.class = exception.class;
  event.name = exception.name;
  event.vector = number;
  event.cpu = decimal(bytes, at + 8, cpuEnd);
  return endsAfter(bytes, view, cpuEnd, line, Line.begins);
}

/** @returns nothing where there is no end of the name. */
function learnException(bytes: Uint8Array, at: number, number: number): Exception | undefined {
  const end = bytes.subarray(at, at + LONGEST_NAME).indexOf(CLOSING);
  if (end < 0) return undefined;
  const name = Buffer.from(bytes.subarray(at, at + end)).toString('latin1');
  if (name.includes('\n')) return undefined;
  const exception = { bytes: Buffer.from(`${name}]`, 'latin1').subarray(0, -1), name, class: exceptionClass(name) };
  exceptions[number] = exception;
  return exception;
}

function isText(bytes: Uint8Array, at: number, text: Buffer): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text[index]) return false;
  return bytes[at + text.length] === CLOSING;
}

/** As many lines as there are, and as the budget allows. */
function scanContinuations(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  line: ScannedLine,
  open: ScannedEvent,
): Line {
  let at = from;
  let isLast = false;
  const end = from + line.budget;
  const safe = view.byteLength - SCAN_MARGIN;
  do {
    if (scanContinuation(bytes, view, at, line, open) === Line.unsure) break;
    // What it says is said again when it is read alone.
    if (at !== from && line.next - from > READ_TOGETHER) break;
    at = line.next;
    if (line.isLast) isLast = true;
    // A carriage return is no part of the line, and would be counted.
  } while (bytes[at] === DOT && at < end && at < safe && bytes[at - 2] !== RETURN);
  if (at === from) return Line.unsure;
  line.next = at;
  line.isLast = isLast;
  return Line.continues;
}

function scanContinuation(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent): Line {
  if (bytes[at + 1] !== DOT || bytes[at + 2] !== DOT) return Line.unsure;
  switch (view.getInt32(at + 3, true)) {
    case FROM:
      return scanLevels(bytes, view, at, line, open);
    case WITH:
      return scanRegister(bytes, view, at, line, open);
    case TO_E:
      return scanHandler(bytes, view, at, line, open);
    default:
      return Line.unsure;
  }
}

/** `...from EL1 to EL1` */
function scanLevels(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent): Line {
  const from = (bytes[at + 10] as number) - ZERO;
  const to = (bytes[at + 17] as number) - ZERO;
  const isShaped =
    (view.getInt32(at + 7, true) & THREE) === (SPACE_EL & THREE) &&
    view.getInt32(at + 11, true) === TO &&
    (view.getInt32(at + 15, true) & TWO) === (EL & TWO) &&
    isLevel(from) &&
    isLevel(to);
  if (!isShaped) return Line.unsure;
  open.from = levels[from];
  open.to = levels[to];
  return endsAfter(bytes, view, at + 18, line, Line.continues);
}

/** `...with ESR 0x15/0x56000000`, `...with FAR 0x5d2518`, `...with ELR 0xffffcd40ea1af51c` */
function scanRegister(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent): Line {
  if ((view.getInt32(at + 11, true) & THREE) !== (NUMBER & THREE)) return Line.unsure;
  const end = readNumber(bytes, at + 14);
  if (end === at + 14) return Line.unsure;
  switch (view.getInt32(at + 7, true)) {
    case ESR:
      return end <= at + 16 ? scanSyndrome(bytes, view, end, line, open) : Line.unsure;
    case FAR:
      open.told |= Told.faultAddress;
      open.faultHigh = read.high;
      open.faultLow = read.low;
      return endsAfter(bytes, view, end, line, Line.continues);
    case ELR:
      open.told |= Told.pc;
      open.pcHigh = read.high;
      open.pcLow = read.low;
      return endsAfter(bytes, view, end, line, Line.continues);
    default:
      return Line.unsure;
  }
}

/** `/0x56000000`, after the exception's class, which was read. */
function scanSyndrome(bytes: Uint8Array, view: DataView, slash: number, line: ScannedLine, open: ScannedEvent): Line {
  const exception = read.low;
  const end = readNumber(bytes, slash + 3);
  const isShaped =
    exception < 64 && bytes[slash] === SLASH && bytes[slash + 1] === ZERO && bytes[slash + 2] === X && end > slash + 3;
  if (!isShaped) return Line.unsure;
  // The syndrome of an interrupt is that of an earlier exception.
  if (open.class !== 'irq') {
    open.told |= Told.errorCode;
    open.errorHigh = read.high;
    open.errorLow = read.low;
    const isMisaligned = (open.errorLow & STATUS) === MISALIGNED;
    open.class = (isMisaligned ? whenMisaligned : refinements)[exception] ?? open.class;
  }
  return endsAfter(bytes, view, end, line, Line.continues);
}

/** `...to EL1 PC 0xffffcd40e9610a80 PSTATE 0x3c5` */
function scanHandler(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent): Line {
  const end = readNumber(bytes, at + 15);
  const isShaped =
    bytes[at + 7] === L &&
    isDecimal(bytes[at + 8] as number) &&
    view.getInt32(at + 9, true) === PC &&
    bytes[at + 13] === ZERO &&
    bytes[at + 14] === X &&
    end > at + 15;
  if (!isShaped) return Line.unsure;
  open.told |= Told.handlers;
  open.handlersHigh = read.high;
  // A table of vectors has 2 KiB and is aligned to that (Arm ARM, VBAR_ELx).
  open.handlersLow = read.low & ~0x7ff;
  endsAfter(bytes, view, end, line, Line.continues);
  line.isLast = true;
  return Line.continues;
}

/** `Exception return from AArch64 EL1 to AArch64 EL0 PC 0x41598d24` */
function scanReturn(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine): Line {
  const from = (bytes[at + FROM_AT] as number) - ZERO;
  const to = (bytes[at + TO_AT] as number) - ZERO;
  const end = readNumber(bytes, at + PC_AT);
  const isShaped =
    areWords(view, at, RETURNS) &&
    isLevel(from) &&
    areWords(view, at + FROM_AT + 1, RETURN_TO) &&
    (view.getInt32(at + TO_AT - 2, true) & TWO) === (EL & TWO) &&
    isLevel(to) &&
    view.getInt32(at + TO_AT + 1, true) === PC &&
    bytes[at + PC_AT - 2] === ZERO &&
    bytes[at + PC_AT - 1] === X &&
    end > at + PC_AT;
  if (!isShaped) return Line.unsure;
  const { event } = line;
  event.clear();
  event.class = 'exception-return';
  event.name = 'exception return';
  event.from = levels[from];
  event.to = levels[to];
  event.told = Told.pc;
  event.pcHigh = read.high;
  event.pcLow = read.low;
  return endsAfter(bytes, view, end, line, Line.alone);
}

/** Whatever else stands on the line is of no interest. */
function endsAfter(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, kind: Line): Line {
  line.next = (bytes[at] === NEWLINE ? at : newlineFrom(bytes, view, at)) + 1;
  line.isLast = false;
  return kind;
}

function areWords(view: DataView, at: number, words: readonly number[]): boolean {
  for (let index = 0; index < words.length; index++)
    if (view.getInt32(at + 4 * index, true) !== words[index]) return false;
  return true;
}

/** A number of up to four digits, as far as it goes. */
function decimalsEnd(bytes: Uint8Array, at: number): number {
  let end = at;
  while (end < at + 4 && isDecimal(bytes[end] as number)) end++;
  return end;
}

function decimal(bytes: Uint8Array, at: number, end: number): number {
  let value = 0;
  for (let index = at; index < end; index++) value = value * 10 + (bytes[index] as number) - ZERO;
  return value;
}

function isDecimal(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isLevel(number: number): boolean {
  return number >= 0 && number <= 3;
}
