import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DeclarationError, EnvironmentError } from '../../errors.ts';
import { type Bytes, parseBytes } from '../../units.ts';

/** Enough for some forty templates of a small Linux. */
const DEFAULT_LIMIT: Bytes = 4 * 2 ** 30;

/** Where templates are kept from run to run: `TWINBOOT_CACHE`, else the user's own place for caches. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const { TWINBOOT_CACHE, XDG_CACHE_HOME } = environment;
  if (TWINBOOT_CACHE) return path.resolve(TWINBOOT_CACHE);
  const home = os.homedir();
  // The XDG Base Directory Specification 0.8 has relative paths ignored.
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return path.join(XDG_CACHE_HOME, 'twinboot');
  return path.join(home, process.platform === 'darwin' ? 'Library/Caches' : '.cache', 'twinboot');
}

/**
 * How much of the disk templates may take: `TWINBOOT_CACHE_LIMIT`, as in `8G`.
 * @throws DeclarationError when that is no size.
 */
export function cacheLimit(environment: NodeJS.ProcessEnv = process.env): Bytes {
  const { TWINBOOT_CACHE_LIMIT: declared } = environment;
  if (!declared) return DEFAULT_LIMIT;
  const limit = parseBytes(declared);
  if (limit === undefined)
    throw new DeclarationError(`TWINBOOT_CACHE_LIMIT: expected a size such as "4G", got ${JSON.stringify(declared)}`);
  return limit;
}

/** What the cache holds, each in a folder: templates, locks on them, and digests of files. */
export function foldersOf(cache: string): {
  readonly templates: string;
  readonly locks: string;
  readonly digests: string;
} {
  return {
    templates: path.join(cache, 'templates'),
    locks: path.join(cache, 'locks'),
    digests: path.join(cache, 'digests'),
  };
}

/**
 * Makes the cache and its folders, if need be. The cache itself keeps the mode that it has: somebody may have chosen a
 * folder that holds other things as well.
 * @throws EnvironmentError when one belongs to another user; Error of the system when one cannot be made.
 */
export function makeCache(cache: string): void {
  makeOwn(cache);
  for (const folder of Object.values(foldersOf(cache))) makePrivate(folder);
}

/**
 * Makes a folder that its owner alone may enter: guests' memory is nobody else's business, and nobody else may slip us one.
 * @throws EnvironmentError when it belongs to another user; Error of the system when it cannot be made.
 */
export function makePrivate(folder: string): void {
  const mode = makeOwn(folder);
  if (mode & 0o077) chmodSync(folder, 0o700);
}

/** The files of a folder are for its owner alone, also those that other programs have written there under the user's umask. */
export function makeFilesPrivate(folder: string): void {
  for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o600);
}

/** @returns the folder's mode. */
function makeOwn(folder: string): number {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (process.getuid && uid !== process.getuid())
    throw new EnvironmentError(
      `${folder} belongs to another user (uid ${uid}); set TWINBOOT_CACHE to a folder of your own`,
    );
  return mode;
}
