import { z } from 'zod';
import { type Arch, describeArch } from '../arch/archs.ts';
import { visibleLine } from '../lines/visible.ts';
import type { HeldMachine } from '../machine/vcpu-sampler.ts';
import { findExecutable } from '../qemu/executable.ts';
import type { QmpClient } from '../qemu/qmp.ts';
import { runTool } from '../qemu/tool.ts';
import type { Deadline } from '../units.ts';
import { BACKTRACE_COMMANDS, type GdbBacktrace, parseGdbBacktraces } from './gdb-backtrace.ts';
import { GDB_QUIETLY } from './gdb-commands.ts';
import { GdbStub } from './gdb-stub.ts';

/** What gdb told, or why it told nothing, in words for a person. */
export type GdbAnswer = { readonly backtraces: readonly GdbBacktrace[] } | { readonly because: string };

/** More frames than this nobody reads, and a corrupt stack has as many as one likes. */
export const MOST_FRAMES = 64;

/** What is asked of gdb once it is connected. `disconnect` leaves the machine as it is; `detach` would have it run. */
const QUESTIONS = [
  'set print frame-arguments none',
  'set print entry-values no',
  'set backtrace past-main on',
  `set backtrace limit ${MOST_FRAMES}`,
  ...BACKTRACE_COMMANDS,
  'disconnect',
];

const chardevs = z.array(z.object({ label: z.string() }));

/**
 * The backtraces of every vCPU of a machine that is held still, by gdb. It attaches to a stub that listens on a unix socket
 * of its own, for as long as it takes.
 * @param symbols The ELF file of the kernel, where it is one that fits.
 * @throws QmpClosedError when the machine ends meanwhile.
 */
export async function askGdb(
  held: HeldMachine,
  qmp: QmpClient,
  arch: Arch,
  symbols: string | undefined,
  within: Deadline,
): Promise<GdbAnswer> {
  const { gdb } = describeArch(arch);
  const programs = gdb.programs.filter((program) => findExecutable(program));
  if (programs.length === 0)
    return { because: `no gdb is installed; ${gdb.programs[0]} unwinds what frame pointers do not show` };
  if (await hasStub(qmp))
    return { because: 'another debugger may be attached: QEMU was started with a gdb stub already' };
  const stub = await GdbStub.start(held);
  if ('refused' in stub) return { because: 'QEMU did not start its gdb stub' };
  try {
    return await askFirstThatKnows(programs, gdb.architecture, stub.socket, symbols, within);
  } finally {
    await held.monitor('gdbserver none').finally(() => stub[Symbol.dispose]());
  }
}

/** One that somebody else asked for has this label (QEMU, gdbstub.c), and would be lost. */
async function hasStub(qmp: QmpClient): Promise<boolean> {
  return chardevs.parse(await qmp.execute('query-chardev')).some(({ label }) => label === 'gdb');
}

async function askFirstThatKnows(
  programs: readonly string[],
  architecture: string,
  socket: string,
  symbols: string | undefined,
  within: Deadline,
): Promise<GdbAnswer> {
  let because = '';
  for (const program of programs) {
    const commands = [`set architecture ${architecture}`, `target remote ${socket}`, ...QUESTIONS];
    const args = [
      ...GDB_QUIETLY,
      ...(symbols === undefined ? [] : [`--symbols=${symbols}`]),
      ...commands.flatMap((command) => ['-ex', command]),
    ];
    const { stdout, stderr, end } = await runTool(program, args, within);
    const backtraces = parseGdbBacktraces(stdout).filter(({ calls }) => calls.length > 0);
    if (backtraces.length > 0) return { backtraces };
    if (end === 'late') return { because: `${program} did not answer in time` };
    const doesNotKnow = /^Undefined item: /m.test(stderr);
    because = doesNotKnow
      ? `${program} does not know ${architecture}`
      : `${program} gave no backtrace${end === 'too-much' ? ': it printed without end' : lastWords(stderr)}`;
  }
  return { because };
}

function lastWords(stderr: string): string {
  const last = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('warning: '))
    .at(-1);
  return last === undefined ? '' : `: ${visibleLine(last, 200)}`;
}
