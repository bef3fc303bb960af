import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { describeArch } from '../../arch/archs.ts';
import { type BootImage, qemuArgv } from '../../qemu/argv.ts';
import { findExecutable } from '../../qemu/executable.ts';
import { version } from '../../version.ts';
import { diskFilesIn } from '../disk-files.ts';
import { hardwareFiles, imageFiles } from '../machine-files.ts';
import type { MachinePlan } from '../plan.ts';
import { rememberedDigestOf } from './file-digest.ts';

/**
 * What a template is known by: a digest of everything that could make another machine of it. QEMU's binary, its arguments, the
 * content of every file that these name, what counts as ready, and this harness's version.
 * @param ready How the machine is brought to where it is frozen, in whatever words.
 * @param digests The folder in which digests of files are remembered.
 * @throws Error of the system when a file that the machine needs cannot be read.
 */
export async function templateKey(
  plan: MachinePlan,
  image: BootImage,
  ready: string,
  digests: string,
): Promise<string> {
  const { machine } = plan;
  const binary = findExecutable(describeArch(machine.arch).qemuBinary);
  const argv = qemuArgv(machine, image, {
    monitor: 'monitor',
    consoles: plan.consoles,
    ...diskFilesIn('/', machine.disks, image),
    services: 'services',
    startStopped: true,
    memory: { path: 'ram', pages: 'written' },
    sandbox: true,
    exitDevice: plan.exitDevice,
    staysAfterShutdown: plan.ram !== undefined,
    ports: Object.fromEntries((plan.ports ?? []).map((port) => [port, port])),
  });
  const files = [...(binary ? [binary] : []), ...filesOf(plan, image)].sort();
  const contents = await Promise.all(files.map((file) => rememberedDigestOf(file, digests)));
  const facts = { version, binary, argv, disks: machine.disks, typing: plan.typing, ready, files, contents };
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

function filesOf({ machine }: MachinePlan, image: BootImage): string[] {
  const named = [
    ...[...imageFiles(image), ...hardwareFiles(machine)].map(({ path }) => path),
    ...machine.qemu.flatMap(filesNamedIn),
  ];
  return [...new Set(named)];
}

/** The files that a raw argument names: as `-drive file=tools.img,format=raw` and `-bios firmware.fd` do. */
function filesNamedIn(argument: string): string[] {
  return [argument, ...optionsIn(argument)]
    .flatMap((part) => [part, part.slice(part.indexOf('=') + 1)])
    .filter((word) => statSync(word, { throwIfNoEntry: false })?.isFile() === true)
    .map((file) => path.resolve(file));
}

/** A comma that belongs to a value is doubled (QEMU, docs/system/qemu-manpage). */
function optionsIn(argument: string): string[] {
  return (argument.match(/(?:[^,]|,,)+/g) ?? []).map((option) => option.replaceAll(',,', ','));
}
