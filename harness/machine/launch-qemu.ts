import { closeSync, openSync } from 'node:fs';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { type BootImage, type MemoryFile, qemuArgv } from '../qemu/argv.ts';
import { findExecutable } from '../qemu/executable.ts';
import { Fifo } from '../qemu/fifo.ts';
import { StreamedProcess } from '../qemu/process.ts';
import { usesSandbox } from '../qemu/sandbox.ts';
import { type Beginning, memoryFile, stateFile } from './beginning.ts';
import { copyBlankOverlays, type DiskFiles, diskFilesIn, prepareDiskFiles } from './disk-files.ts';
import { checkImage } from './image-check.ts';
import type { Launch } from './launch.ts';
import type { MachinePlan, MachineSource } from './plan.ts';
import { SerialPipe } from './serial-pipe.ts';

const FIRST_STREAM = 3;

/**
 * Starts QEMU, stopped before the guest's first instruction.
 * @throws EnvironmentError when QEMU, an image or a disk is not as it must be.
 */
export async function launchQemu(
  plan: MachinePlan,
  { image, raw }: Extract<MachineSource, { kind: 'qemu' }>,
  beginning: Beginning,
  directory: string,
): Promise<Launch> {
  const { machine } = plan;
  const binary = describeArch(machine.arch).qemuBinary;
  if (!findExecutable(binary)) {
    throw new EnvironmentError(
      `${binary} is not installed; it runs ${machine.arch} kernels. \`npx twinboot doctor\` says how to get it.`,
    );
  }
  if (beginning.kind !== 'clone') checkImage(image, machine, raw, plan.build);
  const [files, interruptLog, serials, ports] = await Promise.all([
    diskFilesFor(plan, image, beginning, directory),
    Fifo.toRead(),
    Promise.all(plan.consoles.map((_, index) => SerialPipe.create(`${directory}/serial${index}`))),
    Promise.all(
      (plan.ports ?? []).map(async (port) => ({ port, pipe: await SerialPipe.create(`${directory}/port-${port}`) })),
    ),
  ]);
  const hasServices = machine.network.kind === 'user' && machine.network.restrict;
  const streams = hasServices ? 2 : 1;
  const memory = memoryOf(beginning);
  const argv = qemuArgv(machine, image, {
    monitor: `socket,fd=${FIRST_STREAM}`,
    consoles: serials.map(({ chardev }) => chardev),
    ...files,
    ports: Object.fromEntries(ports.map(({ port, pipe }) => [port, pipe.chardev])),
    services: hasServices ? `socket,fd=${FIRST_STREAM + 1}` : undefined,
    startStopped: true,
    ...(memory ? { memory } : {}),
    incoming: beginning.kind === 'clone',
    sandbox: usesSandbox(),
    exitDevice: plan.exitDevice,
    staysAfterShutdown: plan.ram !== undefined,
    interruptLog: interruptLog.path,
    // What is to be cloned boots at full speed, and its clones tell of calls all the same.
    probes: beginning.kind === 'template' ? [] : (plan.probes ?? []).map(({ address }) => address),
  });
  const state = beginning.kind === 'clone' ? openSync(stateFile(beginning.folder), 'r') : undefined;
  try {
    const process = new StreamedProcess(binary, argv, {
      streams,
      ...(state === undefined ? {} : { files: [state] }),
    });
    const [monitor, services] = process.streams;
    return {
      process,
      command: [binary, ...argv],
      monitor,
      consoles: serials.map(({ port }) => port),
      ports: ports.map(({ port, pipe }) => ({ port, stream: pipe.port.output })),
      services,
      interruptLog: interruptLog.stream,
      settle: () => {
        for (const named of [interruptLog, ...serials, ...ports.map(({ pipe }) => pipe)]) named.settle();
      },
      ...(state === undefined ? {} : { state: FIRST_STREAM + streams }),
    };
  } finally {
    if (state !== undefined) closeSync(state);
  }
}

async function diskFilesFor(
  { machine: { disks } }: MachinePlan,
  image: BootImage,
  beginning: Beginning,
  directory: string,
): Promise<DiskFiles> {
  switch (beginning.kind) {
    case 'boot':
      return prepareDiskFiles(directory, disks, image);
    case 'template':
      return prepareDiskFiles(beginning.folder, disks, image);
    case 'clone':
      return copyBlankOverlays(diskFilesIn(beginning.folder, disks, image), directory);
    default:
      return beginning satisfies never;
  }
}

function memoryOf(beginning: Beginning): MemoryFile | undefined {
  switch (beginning.kind) {
    case 'boot':
      return undefined;
    case 'template':
      return { path: memoryFile(beginning.folder), pages: 'written' };
    case 'clone':
      return { path: memoryFile(beginning.folder), pages: 'copied' };
    default:
      return beginning satisfies never;
  }
}
