import { sourceFile } from './symboliser.ts';

/** A function of a backtrace, as gdb tells it. */
export interface GdbFrame {
  readonly function: string | undefined;
  readonly file: string | undefined;
  readonly line: number | undefined;
}

/** What gdb tells of one address of a backtrace: the function there, before it those that were inlined into it. */
export interface GdbCall {
  /** `undefined` for the innermost one that stands at the beginning of a line: it is where the vCPU is. */
  readonly address: bigint | undefined;
  /** The processor, not a call, came from there: an exception or interrupt. */
  readonly isInterrupted: boolean;
  readonly functions: readonly GdbFrame[];
}

/** What gdb tells of a vCPU. */
export interface GdbBacktrace {
  readonly cpu: number;
  /** Innermost first. */
  readonly calls: readonly GdbCall[];
}

/**
 * Reads the answer of `thread apply all -s backtrace`. What is no frame is passed over: warnings, values that were optimised
 * away, why a backtrace stopped.
 */
export function parseGdbBacktraces(output: string): readonly GdbBacktrace[] {
  const threads = output.split(/^Thread (?=\d+ \()/m).slice(1);
  return threads.map((thread) => {
    const [header = '', ...lines] = thread.split(/\r?\n/);
    // QEMU numbers its vCPUs from 0, gdb its threads from 1.
    const cpu = /CPU ?#?(?<cpu>\d+)/.exec(header)?.groups?.cpu;
    return { cpu: cpu === undefined ? Number.parseInt(header, 10) - 1 : Number(cpu), calls: callsIn(lines) };
  });
}

function callsIn(lines: readonly string[]): readonly GdbCall[] {
  const calls: GdbCall[] = [];
  let isInterrupted = false;
  for (const line of lines) {
    const found = /^#\d+ +(?:0x(?<address>[0-9a-f]{1,16}) in )?(?<rest>.+)$/.exec(line)?.groups;
    if (!found?.rest) continue;
    if (found.rest.startsWith('<signal handler called>')) {
      isInterrupted = true;
      continue;
    }
    const frame = parseFrame(found.rest);
    const last = calls.at(-1);
    // gdb shows no address for a function into which the one before was inlined: it is the same.
    if (found.address === undefined && last) {
      calls[calls.length - 1] = { ...last, functions: [...last.functions, frame] };
      continue;
    }
    calls.push({
      address: found.address === undefined ? undefined : BigInt(`0x${found.address}`),
      isInterrupted,
      functions: [frame],
    });
    isInterrupted = false;
  }
  return calls;
}

/** `spin_lock (lock=...) at ./kernel/lock.c:10`; `?? ()`. */
function parseFrame(text: string): GdbFrame {
  const source = / at (?<file>.+):(?<line>\d+)$/.exec(text);
  const call = source ? text.slice(0, source.index) : text.replace(/ from \S+$/, '');
  const name = call.replace(/ \([^()]*\)$/, '');
  return {
    function: name === '??' ? undefined : name,
    file: sourceFile(source?.groups?.file),
    line: source?.groups?.line === undefined ? undefined : Number(source.groups.line),
  };
}
