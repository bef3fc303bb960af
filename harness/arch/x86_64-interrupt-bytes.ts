import {
  areDigits,
  countDigits,
  digitsAt,
  eightDigits,
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
} from './interrupt-bytes.ts';
import { exceptionOf, irqName, softwareInterruptOf } from './x86_64-interrupts.ts';

const [NEWLINE, RETURN, SPACE, EQUALS, COLON] = [0x0a, 0x0d, 0x20, 0x3d, 0x3a];
const [ZERO, ONE, NINE] = [0x30, 0x31, 0x39];
const [A, Z] = [0x41, 0x5a];

/** Characters of a record's first line by their distance from the vector, which has two digits. */
const V = fourOf(': v=');
const E = fourOf(' e=0');
const I = fourOf(' i=0');
const CPL = fourOf('cpl=');
const IP = fourOf(' IP=');
const PC = fourOf(' pc=');
const SP = fourOf(' SP=');
const CR2 = fourOf(' CR2');
/** All but the last of four characters. */
const THREE = 0x00ffffff;

const SERV = fourOf('Serv');
const ANNOUNCEMENT = 'Servicing hardware INT=0x';
const CHEC = fourOf('chec');
const CHECK = 'check_exception old: 0x';
const NEW = ' new 0x';
const NOTHING_BEFORE = -1; // 0xffffffff

const [EFER, IDT, RIP, RAX, EAX] = [fourOf('EFER'), fourOf('IDT='), fourOf('RIP='), fourOf('RAX='), fourOf('EAX=')];
const SMM = fourOf('SMM=');
const SMM_AT = 'RIP=0000000000000000 RFL=00000000 [-------] CPL=0 II=0 A20=1 '.length;
const SMM_AT_32 = 'EIP=00000000 EFL=00000000 [-------] CPL=0 II=0 A20=1 '.length;
const EIP = fourOf('EIP=');

const VECTORS = Array.from({ length: 256 }, (_, vector) => vector);
const exceptions = VECTORS.map(exceptionOf);
const softwareInterrupts = VECTORS.map(softwareInterruptOf);
const irqNames = VECTORS.map(irqName);

/** Reads records of a processor in long mode, dumps of any, and what stands before a record. */
export const x86LineScanner: LineScanner = {
  scan: (bytes, view, at, line, open) => {
    const first = bytes[at] as number;
    if (first >= A && first <= Z) {
      const word = view.getInt32(at, true);
      if (word === SERV) return scanAnnouncement(bytes, at, line);
      return open ? scanDump(bytes, view, at, line, open) : Line.unsure;
    }
    if (first === SPACE || (first >= ZERO && first <= NINE)) return scanRecord(bytes, view, at, line);
    return view.getInt32(at, true) === CHEC ? scanCheck(bytes, at, line) : Line.unsure;
  },
  findBeginning: (bytes) => {
    for (let from = 0; ; ) {
      const last = bytes.indexOf('\nEFER=', from, 'latin1');
      const end = last < 0 ? -1 : bytes.indexOf(NEWLINE, last + 1);
      if (end < 0) return -1;
      if (BEGINNING.test(bytes.toString('latin1', end + 1, end + 1 + LONGEST_BEGINNING))) return end + 1;
      from = end;
    }
  },
};

/**
 * A record's first line, and those that may stand before it. While a dump is read nothing is announced; after its last line
 * that all records have, some have more, which none of these is.
 */
const BEGINNING = /^(?: *\d+: v=|check_exception old|Servicing hardware)/;
const LONGEST_BEGINNING = 32;

/** `    42: v=30 e=0000 i=0 cpl=0 IP=0010:ffffffff87238815 pc=ffffffff87238815 SP=0000:ffffffff88c03e40 …` */
function scanRecord(bytes: Uint8Array, view: DataView, from: number, line: ScannedLine): Line {
  let at = from;
  while (bytes[at] === SPACE && at < from + 16) at++;
  const digits = at;
  let number = 0;
  for (; at < digits + 15 && (bytes[at] as number) >= ZERO && (bytes[at] as number) <= NINE; at++)
    number = number * 10 + (bytes[at] as number) - ZERO;
  if (at === digits || view.getInt32(at, true) !== V) return Line.unsure;
  at += 4;
  const [software, cpl] = [bytes[at + 12] as number, bytes[at + 18] as number];
  const isShaped =
    (view.getInt32(at + 2, true) & THREE) === (E & THREE) &&
    (view.getInt32(at + 9, true) & THREE) === (I & THREE) &&
    bytes[at + 13] === SPACE &&
    view.getInt32(at + 14, true) === CPL &&
    view.getInt32(at + 19, true) === IP &&
    bytes[at + 27] === COLON &&
    view.getInt32(at + 44, true) === PC &&
    view.getInt32(at + 64, true) === SP &&
    bytes[at + 72] === COLON &&
    areDigits(bytes, at, 2) &&
    areDigits(bytes, at + 5, 4) &&
    areDigits(bytes, at + 23, 4) &&
    areDigits(bytes, at + 28, 16) &&
    (isSame(view, at + 28, at + 48) || areDigits(bytes, at + 48, 16)) &&
    areDigits(bytes, at + 68, 4) &&
    countDigits(bytes, at + 73) === 16 &&
    isDecimal(software) &&
    isDecimal(cpl);
  if (!isShaped) return Line.unsure;
  const vector = digitsAt(bytes, at, 2);
  const { event } = line;
  event.clear();
  const kind = (software === ONE ? softwareInterrupts : exceptions)[vector] as (typeof exceptions)[number];
  event.class = kind.class;
  event.name = kind.name;
  event.number = number;
  event.vector = vector;
  event.from = cpl === ZERO ? 'kernel' : 'user';
  event.to = 'kernel';
  event.told = Told.pc | Told.sp | Told.errorCode;
  event.errorHigh = 0;
  event.errorLow = digitsAt(bytes, at + 5, 4);
  event.pcHigh = eightDigits(view, at + 28);
  event.pcLow = eightDigits(view, at + 36);
  event.spHigh = eightDigits(view, at + 73);
  event.spLow = eightDigits(view, at + 81);
  if (view.getInt32(at + 89, true) === CR2 && bytes[at + 93] === EQUALS) {
    if (readNumber(bytes, at + 94) === at + 94) return Line.unsure;
    event.told |= Told.faultAddress;
    event.faultHigh = read.high;
    event.faultLow = read.low;
  }
  line.next = newlineFrom(bytes, view, at + 89) + 1;
  line.isLast = false;
  return Line.begins;
}

/** `RAX=0000000000000001 RBX=…`, `ES =0000 …`, `XMM00=…`: as many lines as there are, and as the budget allows. */
function scanDump(bytes: Uint8Array, view: DataView, from: number, line: ScannedLine, open: ScannedEvent): Line {
  line.isLast = false;
  let at = from;
  const [end, safe] = [from + line.budget, view.byteLength - SCAN_MARGIN];
  do {
    if (!isRegister(bytes, at)) break;
    const next = newlineFrom(bytes, view, at + 2) + 1;
    if (at !== from && next - from > READ_TOGETHER) break;
    readRegisters(bytes, view, at, line, open);
    at = next;
    // A carriage return is no part of the line, and would be counted.
  } while (at < end && at < safe && bytes[at - 2] !== RETURN);
  if (at === from) return Line.unsure;
  line.next = at;
  return Line.dump;
}

function readRegisters(bytes: Uint8Array, view: DataView, at: number, line: ScannedLine, open: ScannedEvent): void {
  const word = view.getInt32(at, true);
  if (word === RAX) open.codeBits = 64;
  else if (word === EAX) open.codeBits = 32;
  else if (word === RIP) readMode(bytes, view, at + SMM_AT, open);
  else if (word === EIP) readMode(bytes, view, at + SMM_AT_32, open);
  else if (word === IDT) readHandlers(bytes, at + 4, open);
  else if (word === EFER && bytes[at + 4] === EQUALS) line.isLast = true;
}

/** Letters and digits, maybe a space, and an equals sign. */
function isRegister(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] as number;
  if (first < A || first > Z) return false;
  // Most are three characters long.
  if (bytes[at + 3] === EQUALS) {
    const third = bytes[at + 2] as number;
    return isUpperOrDigit(bytes[at + 1] as number) && (isUpperOrDigit(third) || third === SPACE);
  }
  let end = at + 1;
  while (end < at + 5 && isUpperOrDigit(bytes[end] as number)) end++;
  if (end === at + 1) return false;
  if (bytes[end] === SPACE) end++;
  return bytes[end] === EQUALS;
}

function readMode(bytes: Uint8Array, view: DataView, at: number, open: ScannedEvent): void {
  if (view.getInt32(at, true) === SMM) open.inSystemManagement = bytes[at + 4] === ONE;
}

/** `     fffffe0000000000 00000fff` */
function readHandlers(bytes: Uint8Array, from: number, open: ScannedEvent): void {
  let at = from;
  while (bytes[at] === SPACE && at < from + 12) at++;
  if (readNumber(bytes, at) === at) return;
  open.told |= Told.handlers;
  open.handlersHigh = read.high;
  open.handlersLow = read.low;
}

/** `Servicing hardware INT=0x30` */
function scanAnnouncement(bytes: Uint8Array, at: number, line: ScannedLine): Line {
  const digits = at + ANNOUNCEMENT.length;
  const count = countDigits(bytes, digits);
  if (!startsWith(bytes, at, ANNOUNCEMENT) || count !== 2 || bytes[digits + 2] !== 0x0a) return Line.unsure;
  const { event } = line;
  event.clear();
  event.class = 'irq';
  event.vector = digitsAt(bytes, digits, 2);
  event.name = irqNames[event.vector] as string;
  line.next = digits + 3;
  return Line.announces;
}

/** `check_exception old: 0xffffffff new 0xe` */
function scanCheck(bytes: Uint8Array, at: number, line: ScannedLine): Line {
  const old = at + CHECK.length;
  const oldDigits = countDigits(bytes, old);
  const raised = old + oldDigits + NEW.length;
  const raisedDigits = countDigits(bytes, raised);
  const isShaped =
    startsWith(bytes, at, CHECK) &&
    oldDigits >= 1 &&
    oldDigits <= 8 &&
    startsWith(bytes, old + oldDigits, NEW) &&
    raisedDigits >= 1 &&
    raisedDigits <= 2 &&
    bytes[raised + raisedDigits] === 0x0a;
  if (!isShaped) return Line.unsure;
  const { event } = line;
  event.clear();
  const before = digitsAt(bytes, old, oldDigits);
  if (before !== NOTHING_BEFORE) {
    if (before < 0) return Line.unsure;
    event.during = before;
    event.raised = exceptions[digitsAt(bytes, raised, raisedDigits)]?.class;
  }
  line.next = raised + raisedDigits + 1;
  return Line.precedes;
}

/** Sixteen characters: where code has no base of its own, the program counter is told twice. */
function isSame(view: DataView, one: number, other: number): boolean {
  for (let index = 0; index < 16; index += 4)
    if (view.getInt32(one + index, true) !== view.getInt32(other + index, true)) return false;
  return true;
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let index = 0; index < text.length; index++) if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

function isDecimal(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function isUpperOrDigit(byte: number): boolean {
  return (byte >= A && byte <= Z) || isDecimal(byte);
}
