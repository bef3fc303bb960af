import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/*
 * Unpacked packages by architecture and role: debian/x86_64/linux holds the files of the Linux package, and in
 * ORIGIN the names of the .deb files they came from. A folder appears whole or not at all: it is filled under another
 * name, which carries the filler's process id so that a later run can tell what an interrupted one left behind.
 */
const ORIGIN = '.origin';

/** The folder that everything downloaded is kept in. */
export function cacheFolder(env = process.env) {
  if (env.TWINBOOT_CACHE) return resolve(env.TWINBOOT_CACHE);
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'twinboot');
}

/** A role's folder and its origin; `undefined` when it is not cached. */
export async function lookUp(cache, arch, role) {
  const folder = join(cache, 'debian', arch, role);
  try {
    return { folder, origin: await readFile(join(folder, ORIGIN), 'utf8') };
  } catch {
    return undefined;
  }
}

/**
 * Puts a role's files into the cache.
 * @param {(folder: string) => Promise<void>} fill
 */
export async function store(cache, arch, role, origin, fill) {
  const folder = join(cache, 'debian', arch, role);
  await withWorkFolder(cache, async (work) => {
    const filled = join(work, role);
    await mkdir(filled);
    await fill(filled);
    await writeFile(join(filled, ORIGIN), origin);
    await mkdir(join(folder, '..'), { recursive: true, mode: 0o700 });
    // A folder cannot be renamed over one that is not empty: the old one leaves first, into what is thrown away.
    await rename(folder, join(work, 'old')).catch(() => {});
    await rename(filled, folder).catch(async (error) => {
      if (!(await lookUp(cache, arch, role))) throw error; // Otherwise another run was faster, and its folder is as good.
    });
  });
  return { folder, origin };
}

/** Gives `work` an empty folder on the cache's filesystem, which is gone afterwards. */
export async function withWorkFolder(cache, work) {
  await mkdir(cache, { recursive: true, mode: 0o700 });
  await sweep(cache);
  const folder = join(cache, `.work-${process.pid}-${workFolders++}`);
  try {
    await mkdir(folder, { mode: 0o700 });
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let workFolders = 0;

/** Removes what interrupted runs left behind. */
async function sweep(cache) {
  for (const name of await readdir(cache)) {
    const pid = /^\.work-(\d+)-/.exec(name)?.[1];
    // Retried, for an apt that lost its parent may still be writing there.
    if (pid && !isAlive(Number(pid))) await rm(join(cache, name), { recursive: true, force: true, maxRetries: 5 });
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** What tells one version of a file from another without reading it. */
export async function describeFile(file) {
  const { size, mtimeMs } = await stat(file);
  return `${file} ${size} ${mtimeMs}`;
}

/** 'linux-image-6.1.0-49-cloud-amd64 6.1.172-1 amd64': the first package of an origin, from its file's name. */
export function describeOrigin(origin) {
  return origin
    .split('\n')[0]
    .replace(/^.*\/|\.deb.*$/g, '')
    .replaceAll('_', ' ')
    .replaceAll('%3a', ':');
}
