import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Bytes } from '../../units.ts';
import { foldersOf } from './cache-folder.ts';
import { type CacheEntry, listEntries, removeEntry } from './cache-room.ts';
import { LockBusy, withLock } from './lock.ts';

export interface Cleared {
  readonly removed: readonly CacheEntry[];
  /** Templates that another process is making right now: they stay. */
  readonly busy: readonly CacheEntry[];
  readonly freedBytes: Bytes;
}

/**
 * Empties the cache. Clones that run from its templates go on. Lock files stay: whoever waits for one would not hear of
 * another that takes a new file of the same name.
 * @throws Error of the system when something may not be removed.
 */
export async function clearCache(cache: string): Promise<Cleared> {
  const { templates, locks, digests } = foldersOf(cache);
  const removed: CacheEntry[] = [];
  const busy: CacheEntry[] = [];
  for (const entry of listEntries(templates)) {
    ((await remove(entry, path.join(locks, path.basename(entry.folder)))) ? removed : busy).push(entry);
  }
  rmSync(digests, { recursive: true, force: true });
  return { removed, busy, freedBytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** @returns whether it is gone. */
async function remove({ folder, manifest }: CacheEntry, lock: string): Promise<boolean> {
  if (manifest || !existsSync(lock)) {
    removeEntry(folder);
    return true;
  }
  try {
    await withLock(lock, 0, async () => removeEntry(folder));
    return true;
  } catch (error) {
    if (error instanceof LockBusy) return false;
    throw error;
  }
}
