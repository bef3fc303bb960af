import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { GdbStub } from '../evidence/gdb-stub.ts';
import { Symbols } from '../evidence/symbols.ts';
import { visible } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import type { MachineEnd } from '../machine/machine-end.ts';
import type { TypedCommand } from '../machine/typed-command.ts';
import { diesWithParent } from '../qemu/process.ts';
import type { QmpEvent } from '../qemu/qmp.ts';
import { readEvidence } from './evidence-folder.ts';
import { gdbArguments } from './gdb-arguments.ts';
import { findGdb } from './gdb-program.ts';
import { GuestScreen } from './guest-screen.ts';
import { openingText } from './opening.ts';
import { startAgain } from './start-again.ts';
import { typeWhenReady } from './type-command.ts';

export interface DebugOptions {
  /** A folder of evidence, as a person typed it. */
  readonly folder: string;
  /** gdb's own. */
  readonly gdbArguments: readonly string[];
  /** The command of the case is typed once more. */
  readonly types: boolean;
  /** Writes to the terminal that gdb has, too. */
  readonly write: (text: string) => void;
}

/**
 * Starts the machine of a case that did not pass once more and gives the terminal to gdb, until gdb ends. Nothing of the machine
 * is left then.
 * @returns gdb's exit status, 128 and the signal's number where one ended it.
 * @throws DeclarationError, EnvironmentError
 */
export async function debugMachine({ folder, gdbArguments: asked, types, write }: DebugOptions): Promise<number> {
  const record = readEvidence(folder);
  const { plan } = record;
  const { arch } = plan.machine;
  const gdb = await findGdb(arch, folder);
  const symbols = await Symbols.open(plan);
  const started = await startAgain(record);
  await using machine = started.machine;
  using stub = await startStub(machine);
  await keepAfterTheEnd(machine);
  const typed = types ? record.typed : undefined;
  const notes = [...started.notes, ...symbols.notes];
  write(`${openingText({ folder, machine, gdb, symbols: symbols.elf?.path, typed, notes })}\n\n`);
  using screen = new GuestScreen(machine.consoles, write);
  const say = (text: string): void => {
    screen.endLine();
    write(`twinboot: ${text}\n`);
  };
  machine.qmp?.subscribe((event) => tell(event, screen, say));
  let isLeft = false;
  void machine.ended.then((end) => isLeft || tellEnd(end, say));
  if (typed) void typeCommand(machine, typed, say);
  const { architecture } = describeArch(arch).gdb;
  const args = gdbArguments({ architecture, socket: stub.socket, symbols: symbols.elf?.path }, asked);
  return await runGdb(gdb, args).finally(() => {
    isLeft = true;
  });
}

/** A machine that resets or powers off stands still instead: what led to it can be looked at. An exit device ends QEMU all the same. */
async function keepAfterTheEnd({ qmp }: Machine): Promise<void> {
  await qmp?.execute('set-action', { shutdown: 'pause', panic: 'pause' });
}

function tell({ name, data }: QmpEvent, screen: GuestScreen, say: (text: string) => void): void {
  if (name === 'STOP') {
    screen.showUnfinished();
    screen.endLine();
  } else if (name === 'SHUTDOWN' && data.guest === true) {
    say(`the machine has come to its end (${String(data.reason)}). It is kept as it was then, and cannot go on.`);
  }
}

function tellEnd({ exitCode, signal, stderr }: MachineEnd, say: (text: string) => void): void {
  if (KILLED_BY_GDB.test(stderr)) return;
  say(`QEMU has ended ${signal ? `by ${signal}` : `with status ${exitCode}`}.`);
}

/** What QEMU says when gdb is left (QEMU, gdbstub). */
const KILLED_BY_GDB = /Terminated via GDBstub/;

async function typeCommand(machine: Machine, typed: TypedCommand, say: (text: string) => void): Promise<void> {
  if (await typeWhenReady(machine, typed)) say(`typed \`${visible(typed.command)}\`.`);
}

/** gdb has the terminal's ^C; whoever ends us ends gdb, which leaves the terminal as it found it. */
async function runGdb(gdb: string, args: readonly string[]): Promise<number> {
  const [program, words] = diesWithParent(gdb, args);
  const child = spawn(program, words, { stdio: 'inherit', env: { ...process.env, DEBUGINFOD_URLS: '' } });
  const ignore = (): void => {};
  const end = (signal: NodeJS.Signals): void => {
    child.kill('SIGTERM');
    ended ??= signal;
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
  };
  let ended: NodeJS.Signals | undefined;
  process.on('SIGINT', ignore).on('SIGTERM', end).on('SIGHUP', end);
  try {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (...how) => resolve(how));
    });
    const by = ended ?? signal;
    return by ? 128 + constants.signals[by] : (exitCode ?? 0);
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', end).off('SIGHUP', end);
  }
}

/** @throws EnvironmentError when QEMU does not start its stub, in its words. */
async function startStub({ vcpus }: Machine): Promise<GdbStub> {
  const stub = (await vcpus?.hold((held) => GdbStub.start(held))) ?? { refused: 'It has ended.' };
  if (stub instanceof GdbStub) return stub;
  throw new EnvironmentError(`QEMU did not start its gdb stub. ${stub.refused}`);
}
