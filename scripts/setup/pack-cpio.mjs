import { chmod, copyFile, lutimes, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { BuildError } from './errors.mjs';
import { run } from './run.mjs';

/** When every file in an image was made, so that the same files give the same bytes: 2024-01-01, in seconds. */
export const IMAGE_TIME = 1_704_067_200;

/**
 * Packs files into an uncompressed newc archive, as the kernel takes for its initramfs. All of it belongs to root.
 * @param {Entry[]} entries folders above a file need not be named
 * @param {string} archive written
 * @typedef {{ path: string } & ({ folder: true, mode?: number } | { link: string } | { mode?: number } & ({ copy: string } | { content: string | Buffer }))} Entry
 */
export async function packCpio(entries, archive) {
  const tree = await mkdtemp(join(tmpdir(), 'twinboot-initramfs-'));
  try {
    const sorted = withParents(entries).sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const entry of sorted) await place(tree, entry);
    // The deepest first, for every file that is made touches the folder above it.
    for (const { path } of sorted.toReversed()) await lutimes(join(tree, path), IMAGE_TIME, IMAGE_TIME);
    const { ok, stdout, words } = await run(
      ['cpio', '--create', '--quiet', '--format=newc', '--owner=0:0', '--reproducible', '--null'],
      { cwd: tree, input: sorted.map(({ path }) => `${path}\0`).join('') },
    );
    if (!ok) throw new BuildError(`setup: cpio cannot pack ${archive}:\n${words}`);
    await writeFile(archive, stdout);
  } finally {
    await rm(tree, { recursive: true, force: true });
  }
}

function withParents(entries) {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      if (!byPath.has(parent)) byPath.set(parent, { path: parent, folder: true });
    }
  }
  return [...byPath.values()];
}

async function place(tree, entry) {
  const path = join(tree, entry.path);
  if (entry.link) return symlink(entry.link, path);
  if (entry.folder) await mkdir(path);
  else if (entry.copy) await copyFile(entry.copy, path);
  else await writeFile(path, entry.content);
  // Said in full: what mkdir and writeFile are asked for is cut by the builder's umask.
  await chmod(path, entry.mode ?? (entry.folder ? 0o755 : 0o644));
}
