import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { elfMachineOf, IMAGE_HEAD_BYTES } from '../arch/arch.ts';
import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import type { BootImage } from '../qemu/argv.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';
import { hardwareFiles, imageFiles, type MachineFile } from './machine-files.ts';

/**
 * Refuses files that QEMU would misread in silence: it runs any bytes as an ARM64 kernel.
 * @param raw The kernel is a flat binary without a header: its format is not looked at.
 * @param build The command that makes the images, to name where one is not there.
 * @throws EnvironmentError naming the file, what is wrong with it, and what was expected.
 */
export function checkImage(image: BootImage, machine: ResolvedMachine, raw: boolean, build?: string): void {
  const requireAll = (files: readonly MachineFile[]) => {
    for (const { role, path } of files) requireReadable(role, path, build);
  };
  requireAll(imageFiles(image));
  if (image.from === 'kernel' && !raw) requireKernelFormat(image.kernel, machine.arch);
  requireAll(hardwareFiles(machine));
}

function requireReadable(role: string, path: string, build: string | undefined): void {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat)
    throw new EnvironmentError(
      `The ${role} ${path} does not exist. ${build ? `Build it: ${build}` : 'Build it, or correct its path.'}`,
    );
  if (!stat.isFile() && !stat.isBlockDevice()) throw new EnvironmentError(`The ${role} ${path} is not a file.`);
  if (stat.isFile() && stat.size === 0) throw new EnvironmentError(`The ${role} ${path} is empty.`);
}

function requireKernelFormat(path: string, arch: Arch): void {
  const head = readHead(path);
  const { imageFormats } = describeArch(arch);
  if (imageFormats.some((format) => format.matches(head))) return;
  const formats = imageFormats.map((format) => format.name).join(', ');
  const other = archNames.find((name) => describeArch(name).elfMachine === elfMachineOf(head));
  const what = other ? `is an ELF file for ${other}` : 'is no kernel image';
  throw new EnvironmentError(
    `The kernel ${path} ${what}; for ${arch}, QEMU's -kernel boots ${formats}. ` +
      'A flat binary without a header is declared with `raw: true`; a disk or CD image with `from: "disk"` or `from: "cdrom"`.',
  );
}

function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(IMAGE_HEAD_BYTES);
    return head.subarray(0, readSync(file, head));
  } finally {
    closeSync(file);
  }
}
