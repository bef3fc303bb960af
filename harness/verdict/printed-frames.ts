import type { CodePlace } from './code-place.ts';
import { withoutLogPrefix } from './log-prefix.ts';
import { withoutMachinery } from './panic-machinery.ts';

/** A frame as a kernel printed it: an address, a name, or both. */
export interface PrintedFrame {
  readonly address?: bigint;
  readonly function?: string;
  /** From the function's first byte. */
  readonly offset?: number;
  readonly file?: string;
  readonly line?: number;
}

/** What a line is to a backtrace. */
type Meaning =
  | { readonly kind: 'frames'; readonly frames: readonly PrintedFrame[]; readonly number?: number }
  /** It says more of the frame above it. */
  | { readonly kind: 'source'; readonly file: string; readonly line: number }
  /** It stands in a backtrace and is no frame: a guess, the name of a stack. */
  | { readonly kind: 'nothing' }
  | { readonly kind: 'end' };

type Groups = Readonly<Record<string, string | undefined>>;

interface Recogniser {
  readonly pattern: RegExp;
  /** Its lines are frames only below a line that announces a backtrace. */
  readonly onlyInTrace?: true;
  readonly read: (groups: Groups) => Meaning;
}

const MAX_FRAMES = 64;
const MAX_NAME = 200;
/** Other vCPUs may print between two frames. */
const MAX_STRANGERS = 3;

/** `backtrace:`, `Call Trace:`, `---- stack trace ----`, `TRACE: 00007fff`. */
const ANNOUNCEMENT =
  /\b(?:back ?trace|call[ _-]?trace|stack[ _-]?trace|call ?stack|stack (?:walk|dump|frames)|unwinding)\b.{0,60}$|^TRACE: /i;
const PANIC_LINE = /\bpanic\b/i;

/** Tried in order, on lines without log prefix and with their blanks. */
const RECOGNISERS: readonly Recogniser[] = [
  {
    pattern: /^\s*(?:<\/TASK>|Modules linked in:|Code: |---\[ end |RIP: )/,
    onlyInTrace: true,
    read: () => ({ kind: 'end' }),
  },
  {
    pattern: /^\s*(?:<\/?[A-Z#]+>|\? .*|\[<[0-9a-f]+>\] \? .*)?$/,
    onlyInTrace: true,
    read: () => ({ kind: 'nothing' }),
  },
  // Linux: ` do_one_initcall+0x4e/0x1f0`, ` [<ffffffff81000abc>] panic+0x12/0x34`.
  {
    pattern:
      /^\s*(?:\[<(?<address>[0-9a-f]{8,16})>\]\s*)?(?<name>[\w.$:<>~]+)\+0x(?<offset>[0-9a-f]{1,8})\/0x[0-9a-f]+/,
    read: ({ address, name, offset }) => one({ ...at(address), ...named(name), ...offsetBy(offset, 16) }),
  },
  { pattern: /^\s*\[<(?<address>[0-9a-f]{8,16})>\]/, read: ({ address }) => one(at(address)) },
  // Rust's std and gdb tell the source on the line below, or on the same one.
  {
    pattern: /^\s+at (?<file>\S{1,300}?):(?<line>\d{1,9})(?::\d+)?$/,
    onlyInTrace: true,
    read: ({ file = '', line }) => ({ kind: 'source', file, line: Number(line) }),
  },
  // Zig's std: `/src/main.zig:10:5: 0x103a2b in kmain (main)`.
  {
    pattern: /^(?<file>[^\s:]{1,300}):(?<line>\d{1,9}):\d+: 0x(?<address>[0-9a-f]{1,16}) in (?<name>[^()]{1,200}) \(/,
    read: ({ file = '', line, address, name }) => one({ ...at(address), ...named(name), file, line: Number(line) }),
  },
  // The calamity kernel, gdb, Rust's std: `#0 0x1032b2`, `#1  0x10 in f (x=1) at a.c:3`, `   0: 0xffff - core::panic`.
  {
    pattern: /^\s*#(?<number>\d{1,3})[:)\]]?\s+(?:0x(?<address>[0-9a-f]{1,16})|(?<bare>[0-9a-f]{8,16}))\b(?<rest>.*)$/i,
    read: numberedAddress,
  },
  {
    pattern:
      /^\s*(?:frame |\[|\()?(?<number>\d{1,3})[:)\].]+\s*(?:0x(?<address>[0-9a-f]{1,16})|(?<bare>[0-9a-f]{8,16}))\b(?<rest>.*)$/i,
    onlyInTrace: true,
    read: numberedAddress,
  },
  {
    pattern: /^\s*(?:#|frame )(?<number>\d{1,3})[:)\].]*\s+(?<rest>[A-Za-z_<$].*)$/i,
    onlyInTrace: true,
    read: numberedName,
  },
  {
    pattern: /^\s*[[(]?(?<number>\d{1,3})[:)\].]+\s+(?<rest>[A-Za-z_<$].*)$/i,
    onlyInTrace: true,
    read: numberedName,
  },
  // SerenityOS: `Kernel + 0x00000000003f8b4e  Kernel::dump() +0x1a`. The address is one within the kernel's image.
  {
    pattern: /^\s*Kernel \+ 0x[0-9a-f]+\s+(?<rest>\S.*)$/,
    onlyInTrace: true,
    read: ({ rest = '' }) => one(codeIn(rest)),
  },
  // `  FP 00007ffc: PC ffffffff80001234` (Redox), `rip=0xffffffff80001234 rbp=0x…`.
  {
    pattern:
      /(?:^|[\s:,(])(?:PC|RIP|IP|LR|RET|return address)[:=\s]\s*(?:0x)?(?<address>[0-9a-f]{6,16})\b(?<rest>.*)$/i,
    onlyInTrace: true,
    read: ({ address, rest = '' }) => one({ ...at(address), ...(/[=:]/.test(rest) ? {} : codeIn(rest)) }),
  },
];

const ADDRESS_COLUMN = /^(?:0x[0-9a-f]{4,16}|[0-9a-f]{8,16})$/i;
/** `0xffffffff80012345 kernel::main+0x12`, `ffffffff80012345 <main+5>`. */
const ADDRESS_FIRST = /^\s*(?:0x)?(?<address>[0-9a-f]{6,16})[\])>:]*\s+(?<rest>[^\s0-9].*)$/i;

/** Where the processor was when it faulted, as a register dump above the backtrace tells. */
const PROGRAM_COUNTERS: readonly RegExp[] = [
  // Linux: `RIP: 0010:do_fault+0x1c/0x90`, `pc : do_fault+0x1c/0x90`.
  /^\s*(?:[RE]?IP: (?<segment>[0-9a-f]{4}):|pc : )(?:\[<[0-9a-f]+>\]\s*)*(?:(?<name>[\w.$]+)\+0x(?<offset>[0-9a-f]{1,8})\/0x|0x(?<address>[0-9a-f]{1,16})\b)/,
  // Everybody else: `rip 0x100d3e cs 0x8`, `RIP=ffffffff80001234`, `ELR_EL1: 0x40080000`.
  /(?:^|[\s:,(])(?:cs:)?(?:rip|eip|s?epc|elr(?:_el[123])?|pc)\s*[:=]?\s*(?:(?<segment>(?:0x)?[0-9a-f]{1,4}):)?(?:0x(?<address>[0-9a-f]{1,16})|(?<bare>[0-9a-f]{8,16}))\b/i,
];

/**
 * The frames of the backtrace that a report holds, innermost first: where the processor was, as far as the report tells,
 * then the callers. The first backtrace counts; others are of other vCPUs or of earlier events. At most {@link MAX_FRAMES}.
 */
export function printedFrames(report: readonly string[]): readonly PrintedFrame[] {
  const reader = new TraceReader();
  for (const line of report) {
    reader.accept(line);
    if (reader.isOver) break;
  }
  const callers = reader.frames.filter((frame, index) => index === 0 || !isBehindItsFunction(frame));
  return joined(reader.counter, callers).slice(0, MAX_FRAMES);
}

/** The printed frames from the place at fault on, as a verdict carries them. */
export function framesAtFault(report: readonly string[]): readonly CodePlace[] {
  return withoutMachinery(printedFrames(report)).map(({ address, ...rest }) => ({
    ...(address === undefined ? {} : { address: `0x${address.toString(16)}` }),
    ...rest,
  }));
}

/** Reads a report up to the end of its first backtrace. */
class TraceReader {
  readonly frames: PrintedFrame[] = [];
  /** What a register dump above the backtrace says. */
  counter: PrintedFrame | undefined;
  isOver = false;
  /** A backtrace was announced, or has begun. */
  #isTrace = false;
  #strangers = 0;
  #lastNumber = -1;
  #isBelowPanic = false;

  accept(printed: string): void {
    const line = withoutLogPrefix(printed);
    const meaning = this.#meaningOf(line) ?? this.#meaningOf(printed);
    this.#isBelowPanic = PANIC_LINE.test(line);
    switch (meaning?.kind) {
      case 'frames':
        this.#take(meaning);
        break;
      case 'source':
        this.frames.push(
          ...this.frames.splice(-1).map((frame) => ({ ...frame, file: meaning.file, line: meaning.line })),
        );
        break;
      case 'nothing':
        break;
      case 'end':
        this.#leave();
        break;
      case undefined:
        if (ANNOUNCEMENT.test(line)) this.#announce();
        else if (this.#isTrace && ++this.#strangers > MAX_STRANGERS) this.#leave();
        break;
      default:
        meaning satisfies never;
    }
    if (this.frames.length === 0) this.counter ??= programCounter(line);
  }

  #take({ frames, number = this.#lastNumber + 1 }: Extract<Meaning, { kind: 'frames' }>): void {
    const isAnother = this.frames.length > 0 && number <= this.#lastNumber;
    if (!isAnother) this.frames.push(...frames);
    this.#lastNumber = number;
    this.#strangers = 0;
    this.#isTrace = true;
    this.isOver = isAnother || this.frames.length >= MAX_FRAMES;
  }

  #announce(): void {
    this.isOver = this.frames.length > 0;
    this.#isTrace = true;
    this.#strangers = 0;
  }

  #leave(): void {
    this.isOver = this.frames.length > 0;
    this.#isTrace = false;
  }

  #meaningOf(line: string): Meaning | undefined {
    for (const { pattern, onlyInTrace, read } of RECOGNISERS) {
      const match = this.#isTrace || !onlyInTrace ? pattern.exec(line) : null;
      if (match) return read(match.groups ?? {});
    }
    // xv6 prints its columns right below the line that says why.
    if (this.#isTrace || this.#isBelowPanic) return columns(line) ?? (this.#isTrace ? addressFirst(line) : undefined);
    return undefined;
  }
}

/** Columns of addresses and nothing else, up to the first that is zero: ` 80104abc 80103def 0 0`. */
function columns(line: string): Meaning | undefined {
  const words = line.split(/[\s,]+/).filter((word) => word !== '');
  const zero = words.findIndex((word) => /^(?:0x)?0+$/i.test(word));
  const addresses = zero < 0 ? words : words.slice(0, zero);
  if (addresses.length === 0 || !addresses.every((word) => ADDRESS_COLUMN.test(word))) return undefined;
  return { kind: 'frames', frames: addresses.map((word) => at(word.replace(/^0x/i, ''))) };
}

function addressFirst(line: string): Meaning | undefined {
  const { address, rest = '' } = ADDRESS_FIRST.exec(line)?.groups ?? {};
  return address === undefined ? undefined : one({ ...at(address), ...codeIn(rest) });
}

function programCounter(text: string): PrintedFrame | undefined {
  for (const pattern of PROGRAM_COUNTERS) {
    const { segment = '0', name, offset, address, bare } = pattern.exec(text)?.groups ?? {};
    // The lowest bits of x86's code segment are the privilege: a program's address says nothing of the kernel.
    if ((Number.parseInt(segment, 16) & 3) !== 0) continue;
    if (name !== undefined) return { ...named(name), ...offsetBy(offset, 16) };
    if (address !== undefined || bare !== undefined) return at(address ?? bare);
  }
  return undefined;
}

/**
 * A call that never returns may be the last of its function, and the address behind it is the next function's: the name is
 * of a function that was not called.
 */
function isBehindItsFunction({ function: name, offset }: PrintedFrame): boolean {
  return name !== undefined && offset === 0;
}

/** The backtrace of a handler leads through its own frames to the place that faulted. */
function joined(counter: PrintedFrame | undefined, trace: readonly PrintedFrame[]): readonly PrintedFrame[] {
  if (!counter) return trace;
  const known = trace.findIndex((frame) => isSame(frame, counter));
  return known < 0 ? [counter, ...trace] : trace.slice(known);
}

function isSame(one: PrintedFrame, other: PrintedFrame): boolean {
  if (one.address !== undefined && other.address !== undefined) return one.address === other.address;
  return one.function !== undefined && one.function === other.function && one.offset === other.offset;
}

function numberedAddress({ number, address, bare, rest = '' }: Groups): Meaning {
  return { ...one({ ...at(address ?? bare), ...codeIn(rest) }), number: Number(number) };
}

function numberedName({ number, rest = '' }: Groups): Meaning {
  return { ...one(codeIn(rest)), number: Number(number) };
}

function one(frame: PrintedFrame): Extract<Meaning, { kind: 'frames' }> {
  return { kind: 'frames', frames: [frame] };
}

function at(digits: string | undefined): PrintedFrame {
  return digits === undefined ? {} : { address: BigInt(`0x${digits}`) };
}

function named(name: string | undefined): PrintedFrame {
  const plain = name?.trim().slice(0, MAX_NAME) ?? '';
  return plain === '' || /^\?+$/.test(plain) ? {} : { function: plain };
}

function offsetBy(digits: string | undefined, radix: number): PrintedFrame {
  return digits === undefined ? {} : { offset: Number.parseInt(digits, radix) };
}

/** What stands behind an address: ` - kernel::vfs::open`, ` in f (x=1) at a.c:3`, ` <main+0x12>`, ` (main+5)`. */
function codeIn(text: string): PrintedFrame {
  const { file, line } = / at (?<file>\S{1,300}):(?<line>\d{1,9})(?::\d+)?\)?$/.exec(text)?.groups ?? {};
  const source = file === undefined ? {} : { file, line: Number(line) };
  const words = text.replace(/ at \S{1,300}$/, '').replace(/^[\s:\-|([]*(?:in\s)?\s*/, '');
  const bare = /^<(?<inner>[^<>]*)>$/.exec(words.trim())?.groups?.inner ?? words;
  const { name, hex, decimal } =
    /^(?<name>[^+]*?)\s?\+\s?(?:0x(?<hex>[0-9a-f]{1,8})|(?<decimal>\d{1,9}))\b/i.exec(bare)?.groups ?? {};
  const whole = withoutArguments(name ?? bare).replace(/::h[0-9a-f]{16}$/, '');
  const offset = name === undefined ? {} : hex === undefined ? offsetBy(decimal, 10) : offsetBy(hex, 16);
  const code = named(whole);
  return code.function === undefined ? source : { ...code, ...offset, ...source };
}

/** gdb's come after a blank; in a C++ name they are part of it. A parenthesis that only closes one before the name goes. */
function withoutArguments(name: string): string {
  const bare = name.replace(/\s\(.*$/, '');
  return bare.includes('(') ? bare : bare.replace(/\)$/, '');
}
