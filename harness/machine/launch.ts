import path from 'node:path';
import { Duplex } from 'node:stream';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { qemuArgv } from '../qemu/argv.ts';
import { findExecutable } from '../qemu/executable.ts';
import { StreamedProcess } from '../qemu/process.ts';
import { createOverlay, prepareDiskFiles } from './disk-files.ts';
import { checkImage } from './image-check.ts';
import { LateSocket } from './late-socket.ts';
import type { MachinePlan, MachineSource } from './plan.ts';

/** A started process and the harness's ends of its streams. */
export interface Launch {
  readonly process: StreamedProcess;
  /** The command as a person would type it. */
  readonly command: readonly string[];
  readonly consoles: readonly Duplex[];
  readonly monitor: Duplex | undefined;
  /** Frames of the harness's own host on the guest's network. */
  readonly services: Duplex | undefined;
}

/** Starts what the plan says. Streams are inherited file descriptors: no socket to find, no moment at which output is lost. */
export function launch(plan: MachinePlan, directory: string): Promise<Launch> {
  const { source } = plan;
  return source.kind === 'qemu' ? launchQemu(plan, source, directory) : launchLauncher(plan, source, directory);
}

async function launchQemu(
  plan: MachinePlan,
  { image, raw }: Extract<MachineSource, { kind: 'qemu' }>,
  directory: string,
): Promise<Launch> {
  const { machine } = plan;
  const binary = describeArch(machine.arch).qemuBinary;
  if (!findExecutable(binary)) {
    throw new EnvironmentError(
      `${binary} is not installed; it runs ${machine.arch} kernels. \`npx twinboot doctor\` says how to get it.`,
    );
  }
  checkImage(image, machine, raw, plan.build);
  const disks = await prepareDiskFiles(machine.disks, directory);
  const bootDisk =
    image.from === 'disk' ? await createOverlay(image.disk, 'raw', `${directory}/boot.qcow2`) : undefined;
  const hasServices = machine.network.kind === 'user' && machine.network.restrict;
  const firstConsole = 4;
  const argv = qemuArgv(machine, image, {
    monitor: 'socket,fd=3',
    consoles: plan.consoles.map((_, index) => `socket,fd=${firstConsole + index}`),
    disks,
    ...(bootDisk ? { bootDisk } : {}),
    services: hasServices ? `socket,fd=${firstConsole + plan.consoles.length}` : undefined,
    startStopped: true,
    exitDevice: plan.exitDevice,
  });
  const process = new StreamedProcess(binary, argv, { streams: 1 + plan.consoles.length + (hasServices ? 1 : 0) });
  const [monitor, ...rest] = process.streams;
  return {
    process,
    command: [binary, ...argv],
    monitor,
    consoles: rest.slice(0, plan.consoles.length),
    services: rest[plan.consoles.length],
  };
}

async function launchLauncher(
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
  const process = new StreamedProcess(program, filled, { cwd, env, streams: 0 });
  process.ended.then(() => monitor?.stopListening());
  if (!process.stdin || !process.stdout) throw new EnvironmentError(`The launcher ${program} could not be started.`);
  return {
    process,
    command: [program, ...filled],
    monitor: monitor?.stream,
    consoles: [Duplex.from({ readable: process.stdout, writable: process.stdin })],
    services: undefined,
  };
}
