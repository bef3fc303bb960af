import path from 'node:path';
import { execa } from 'execa';
import { EnvironmentError } from '../errors.ts';
import type { DiskFile } from '../qemu/argv.ts';
import type { ResolvedDisk } from '../qemu/resolve.ts';

/**
 * The files behind a machine's disks, made in its run directory: whatever the guest writes, the sources stay untouched.
 * @throws EnvironmentError when an image cannot be made, in qemu-img's words.
 */
export async function prepareDiskFiles(disks: readonly ResolvedDisk[], directory: string): Promise<DiskFile[]> {
  return Promise.all(disks.map((disk, index) => prepareDisk(disk, path.join(directory, `disk${index}.qcow2`))));
}

async function prepareDisk(disk: ResolvedDisk, file: string): Promise<DiskFile> {
  switch (disk.mode) {
    case 'readonly':
      return { path: disk.source, format: disk.format, readonly: true };
    case 'overlay':
      return createOverlay(disk.source, disk.format, file);
    case 'scratch':
      await qemuImg(['create', '-q', '-f', 'qcow2', file, String(disk.sizeBytes)]);
      return { path: file, format: 'qcow2', readonly: false };
    default:
      return disk satisfies never;
  }
}

/** A writable disk that reads as `source` and never writes to it. */
export async function createOverlay(source: string, format: 'raw' | 'qcow2', file: string): Promise<DiskFile> {
  await qemuImg(['create', '-q', '-f', 'qcow2', '-b', source, '-F', format, file]);
  return { path: file, format: 'qcow2', readonly: false };
}

async function qemuImg(args: readonly string[]): Promise<void> {
  const result = await execa('qemu-img', args, { reject: false });
  if (result.failed) {
    const words = result.stderr || result.shortMessage;
    throw new EnvironmentError(`qemu-img ${args.join(' ')} failed: ${words}`, { cause: result });
  }
}
