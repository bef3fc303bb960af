import { chmodSync, mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DeclarationError } from '../../errors.ts';
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

/**
 * Makes a folder that its owner alone may enter: guests' memory is nobody else's business, and nobody else may slip us one.
 * @throws Error of the system, or one that names the owner, when that cannot be had.
 */
export function makePrivate(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = statSync(folder);
  if (process.getuid && uid !== process.getuid()) throw new Error(`${folder} belongs to another user (uid ${uid})`);
  if (mode & 0o077) chmodSync(folder, 0o700);
}
