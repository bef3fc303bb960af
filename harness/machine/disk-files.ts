import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { execa } from 'execa';
import { EnvironmentError } from '../errors.ts';
import type { BootImage, DiskFile } from '../qemu/argv.ts';
import type { ResolvedDisk } from '../qemu/resolve.ts';

/** The files behind a machine's disks. */
export interface DiskFiles {
  /** One for each of the machine's disks, in their order. */
  readonly disks: readonly DiskFile[];
  /** Behind an image that boots from disk. */
  readonly bootDisk?: DiskFile;
}

/** Where a machine's disks are when it keeps its own files in `directory`. */
export function diskFilesIn(directory: string, disks: readonly ResolvedDisk[], image: BootImage): DiskFiles {
  return {
    disks: disks.map((disk, index) => diskFile(disk, path.join(directory, `disk${index}.qcow2`))),
    ...(image.from === 'disk' ? { bootDisk: overlay(path.join(directory, 'boot.qcow2')) } : {}),
  };
}

/**
 * Makes the files behind a machine's disks: whatever the guest writes, the sources stay untouched.
 * @throws EnvironmentError when an image cannot be made, in qemu-img's words.
 */
export async function prepareDiskFiles(
  directory: string,
  disks: readonly ResolvedDisk[],
  image: BootImage,
): Promise<DiskFiles> {
  const files = diskFilesIn(directory, disks, image);
  const { bootDisk } = files;
  await Promise.all([
    ...disks.map((disk, index) => createDisk(disk, files.disks[index] as DiskFile)),
    ...(image.from === 'disk' && bootDisk ? [createOverlay(image.disk, 'raw', bootDisk.path)] : []),
  ]);
  return files;
}

/** For each file that a guest may write, an empty overlay beside it: copying one is cheaper than asking qemu-img anew. */
export async function createBlankOverlays(files: DiskFiles): Promise<void> {
  const written = [...files.disks, ...(files.bootDisk ? [files.bootDisk] : [])].filter(({ readonly }) => !readonly);
  await Promise.all(written.map((disk) => createOverlay(disk.path, disk.format, blankOf(disk.path))));
}

/** The same disks with copies of their blank overlays in `directory`: what is written goes to files of one's own. */
export async function copyBlankOverlays(files: DiskFiles, directory: string): Promise<DiskFiles> {
  const copy = async (disk: DiskFile): Promise<DiskFile> => {
    if (disk.readonly) return disk;
    const own = path.join(directory, path.basename(disk.path));
    await copyFile(blankOf(disk.path), own);
    return overlay(own);
  };
  const [disks, bootDisk] = await Promise.all([
    Promise.all(files.disks.map(copy)),
    files.bootDisk ? copy(files.bootDisk) : undefined,
  ]);
  return { disks, ...(bootDisk ? { bootDisk } : {}) };
}

function blankOf(disk: string): string {
  return path.join(path.dirname(disk), `blank-${path.basename(disk)}`);
}

function diskFile(disk: ResolvedDisk, written: string): DiskFile {
  return disk.mode === 'readonly' ? { path: disk.source, format: disk.format, readonly: true } : overlay(written);
}

function overlay(path: string): DiskFile {
  return { path, format: 'qcow2', readonly: false };
}

async function createDisk(disk: ResolvedDisk, { path }: DiskFile): Promise<void> {
  switch (disk.mode) {
    case 'readonly':
      return;
    case 'overlay':
      return createOverlay(disk.source, disk.format, path);
    case 'scratch':
      return qemuImg(['create', '-q', '-f', 'qcow2', path, String(disk.sizeBytes)]);
    default:
      return disk satisfies never;
  }
}

/** A writable disk that reads as `source` and never writes to it. */
function createOverlay(source: string, format: 'raw' | 'qcow2', file: string): Promise<void> {
  return qemuImg(['create', '-q', '-f', 'qcow2', '-b', source, '-F', format, file]);
}

async function qemuImg(args: readonly string[]): Promise<void> {
  const result = await execa('qemu-img', args, { reject: false });
  if (result.failed) {
    const words = result.stderr || result.shortMessage;
    throw new EnvironmentError(`qemu-img ${args.join(' ')} failed: ${words}`, { cause: result });
  }
}
