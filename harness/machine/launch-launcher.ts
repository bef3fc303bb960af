import path from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { findExecutable } from '../qemu/executable.ts';
import { Fifo } from '../qemu/fifo.ts';
import { StreamedProcess } from '../qemu/process.ts';
import { LateSocket } from './late-socket.ts';
import type { Launch } from './launch.ts';
import type { MachinePlan, MachineSource } from './plan.ts';

/**
 * Starts a command that starts QEMU itself.
 * @throws EnvironmentError when it is not there.
 */
export async function launchLauncher(
  plan: MachinePlan,
  { command: [program, ...args], cwd, env }: Extract<MachineSource, { kind: 'launcher' }>,
  directory: string,
): Promise<Launch> {
  if (plan.consoles.length !== 1) {
    throw new EnvironmentError('A launcher has one console, its stdin and stdout; declare one role in `consoles`.');
  }
  if (!findExecutable(program.includes('/') ? path.resolve(cwd, program) : program)) {
    throw new EnvironmentError(`The launcher ${program} is not an executable program.`);
  }
  const socket = `${directory}/qmp`;
  const wantsMonitor = args.some((arg) => arg.includes('{qmp}'));
  const monitor = wantsMonitor ? await LateSocket.listen(socket) : undefined;
  const filled = args.map((arg) => arg.replaceAll('{qmp}', socket));
  const process = new StreamedProcess(program, filled, { cwd, env, streams: 0, stdout: await Fifo.toRead() });
  process.ended.then(() => monitor?.stopListening());
  if (!process.stdin || !process.stdout) throw new EnvironmentError(`The launcher ${program} could not be started.`);
  return {
    process,
    command: [program, ...filled],
    monitor: monitor?.stream,
    consoles: [{ output: process.stdout, input: process.stdin }],
    ports: [],
    services: undefined,
    settle: () => {},
  };
}
