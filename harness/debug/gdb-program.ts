import { type Arch, describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { GDB_QUIETLY } from '../evidence/gdb-commands.ts';
import { findExecutable } from '../qemu/executable.ts';
import { runTool } from '../qemu/tool.ts';
import { Deadline, type Millis } from '../units.ts';

/** gdb starts in a tenth of a second. */
const ANSWERS_WITHIN: Millis = 30_000;

/**
 * The installed gdb that knows an architecture.
 * @param folder The evidence, as a person can type it.
 * @throws EnvironmentError when there is none, with how to get one and how to do without.
 */
export async function findGdb(arch: Arch, folder: string): Promise<string> {
  const { programs, architecture } = describeArch(arch).gdb;
  const installed = programs.filter((program) => findExecutable(program));
  for (const program of installed) if (await knows(program, architecture)) return program;
  const lack =
    installed.length === 0
      ? `No gdb for ${arch} is installed`
      : `${installed.join(' and ')}: none knows ${architecture}`;
  throw new EnvironmentError(
    [
      `${lack}; any of ${programs.join(', ')} would do.`,
      '  Packages: gdb-multiarch (apt), gdb (dnf, pacman), and for Homebrew the one with the name above.',
      '  Without it, the machine waits for any other debugger at a unix socket of your own:',
      `    d=$(mktemp -d); echo "$d/gdb"; sh ${folder}/reproduce.sh -S -gdb "unix:$d/gdb,server=on,wait=off"`,
    ].join('\n'),
  );
}

async function knows(program: string, architecture: string): Promise<boolean> {
  const args = [...GDB_QUIETLY, '-ex', `set architecture ${architecture}`];
  const { stdout, end } = await runTool(program, args, Deadline.after(ANSWERS_WITHIN));
  return end === 'ended' && stdout.includes(architecture);
}
