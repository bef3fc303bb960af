import { sourceFile } from './symboliser.ts';

/** A function of a backtrace, as gdb tells it. */
export interface GdbFunction {
  readonly name: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What gdb tells of one address of a backtrace. */
export interface GdbCall {
  readonly address: bigint;
  /** The processor, not a call, came from there: an exception or interrupt. */
  readonly isInterrupted: boolean;
  /** The function there, before it those that were inlined into it; none for the code at a vector. */
  readonly functions: readonly GdbFunction[];
}

/** What gdb tells of a vCPU. */
export interface GdbBacktrace {
  readonly cpu: number;
  /** Innermost first. */
  readonly calls: readonly GdbCall[];
}

/** What must be asked, for {@link parseGdbBacktraces} to read the answers: gdb does not show each frame's address itself. */
export const BACKTRACE_COMMANDS: readonly string[] = [
  'thread apply all -s backtrace',
  'thread apply all -s frame apply all -q -s print/x $pc',
];

/** What follows a thread's heading. */
interface Block {
  readonly cpu: number;
  readonly lines: readonly string[];
}

/**
 * Reads the answers to {@link BACKTRACE_COMMANDS}. What is no frame is passed over: warnings, values that were optimised
 * away, why a backtrace stopped.
 */
export function parseGdbBacktraces(output: string): readonly GdbBacktrace[] {
  const blocks = blocksIn(output);
  return blocks.flatMap(({ cpu, lines }) => {
    const frames = lines.flatMap((line) => /^#\d+ +(?<frame>\S.*)$/.exec(line)?.groups?.frame ?? []);
    if (frames.length === 0) return [];
    const addresses = blocks.filter((block) => block.cpu === cpu).flatMap(addressesIn);
    return [{ cpu, calls: callsOf(frames.slice(0, addresses.length), addresses) }];
  });
}

function blocksIn(output: string): readonly Block[] {
  const blocks = output.split(/^Thread (?=\d+ \()/m).slice(1);
  return blocks.map((block) => {
    const [header = '', ...lines] = block.split(/\r?\n/);
    const cpu = /CPU ?#?(?<cpu>\d+)/.exec(header)?.groups?.cpu;
    // QEMU numbers its vCPUs from 0, gdb its threads from 1.
    return { cpu: cpu === undefined ? Number.parseInt(header, 10) - 1 : Number(cpu), lines };
  });
}

function addressesIn({ lines }: Block): readonly bigint[] {
  return lines.flatMap((line) => {
    const address = /^\$\d+ = (?<address>0x[0-9a-f]{1,16})$/.exec(line)?.groups?.address;
    return address === undefined ? [] : [BigInt(address)];
  });
}

function callsOf(frames: readonly string[], addresses: readonly bigint[]): readonly GdbCall[] {
  const calls: GdbCall[] = [];
  let isInterrupted = false;
  for (const [index, frame] of frames.entries()) {
    const address = addresses[index] ?? 0n;
    const last = calls.at(-1);
    const isVector = frame.startsWith('<signal handler called>');
    // gdb shows no address for a function that another one was inlined into: it is the same. In a recursion it shows it.
    const isInlining = !isInterrupted && !isVector && last?.address === address && !/^0x[0-9a-f]+ in /.test(frame);
    if (last && isInlining) calls[calls.length - 1] = { ...last, functions: [...last.functions, parseFunction(frame)] };
    else calls.push({ address, isInterrupted, functions: isVector ? [] : [parseFunction(frame)] });
    isInterrupted = isVector;
  }
  return calls;
}

/** `0x0000000000101068 in spin_lock (lock=...) at ./kernel/lock.c:10`; `?? ()`. */
function parseFunction(frame: string): GdbFunction {
  const text = frame.replace(/^0x[0-9a-f]+ in /, '');
  const source = / at (?<file>\S.*):(?<line>\d+)$/.exec(text);
  const call = source ? text.slice(0, source.index) : text.replace(/ from \S+$/, '');
  const name = call.replace(/ \([^()]*\)$/, '');
  return {
    name: name === '??' ? undefined : name,
    file: sourceFile(source?.groups?.file),
    line: source?.groups?.line === undefined ? undefined : Number(source.groups.line),
  };
}
