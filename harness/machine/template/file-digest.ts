import { createHash } from 'node:crypto';
import { createReadStream, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Millis } from '../../units.ts';

/** A file may be written again within one tick of the clock that stamps it; one that is older than this was not. */
const SETTLED_AFTER: Millis = 2_000;

/** SHA-256 of a file's content, read whole. */
export async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), hash);
  return hash.digest('hex');
}

/**
 * SHA-256 of a file's content. Remembered in `folder` under everything that changes with the content (device, inode, size,
 * times to the nanosecond), so that a large disk is read once and not for every suite.
 */
export async function rememberedDigestOf(file: string, folder: string): Promise<string> {
  const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = statSync(file, { bigint: true });
  const identity = createHash('sha256').update([path.resolve(file), dev, ino, size, mtimeNs, ctimeNs].join('\0'));
  const memory = path.join(folder, identity.digest('hex'));
  const remembered = read(memory);
  if (remembered) return remembered;
  const digest = await digestOf(file);
  if (Date.now() - Number(ctimeMs) > SETTLED_AFTER) write(memory, digest);
  return digest;
}

function read(memory: string): string | undefined {
  try {
    return /^[0-9a-f]{64}$/.exec(readFileSync(memory, 'utf8'))?.[0];
  } catch {
    return undefined; // Never read before, or the cache was cleared.
  }
}

function write(memory: string, digest: string): void {
  try {
    mkdirSync(path.dirname(memory), { recursive: true, mode: 0o700 });
    writeFileSync(memory, digest, { mode: 0o600 });
  } catch {
    // It is read again then.
  }
}
