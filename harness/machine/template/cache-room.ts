import { readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { type Bytes, formatBytes, type Millis } from '../../units.ts';
import { type Manifest, manifestFile, readManifest } from './manifest.ts';

/** A folder of the cache. */
export interface CacheEntry {
  readonly folder: string;
  /** What the folder says of itself; `undefined` when it is unfinished: somebody is at work on it, or was killed. */
  readonly manifest: Manifest | undefined;
  /** What it takes of the disk; guest RAM has holes. */
  readonly bytes: Bytes;
  readonly usedAt: Date;
}

/** Device state, overlays, and what other programs write meanwhile. */
const MARGIN: Bytes = 64 * 2 ** 20;
/** Somebody may be at work on an unfinished folder that is younger. */
const ABANDONED_AFTER: Millis = 3_600_000;
const BLOCK: Bytes = 512;

/** What the cache holds, least recently used first. */
export function listEntries(templates: string): CacheEntry[] {
  return namesIn(templates)
    .map((name) => describeEntry(path.join(templates, name)))
    .filter((entry) => entry !== undefined)
    .sort((a, b) => a.usedAt.getTime() - b.usedAt.getTime());
}

/** A clone that runs from it keeps the files that it has open. */
export function removeEntry(folder: string): void {
  rmSync(manifestFile(folder), { force: true }); // First, so that nobody takes what is left for a template.
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Evicts what was used least recently until the cache is within its limit.
 * @param keep Folders that stay.
 */
export function keepWithin(templates: string, limit: Bytes, keep: readonly string[] = []): void {
  const entries = listEntries(templates);
  let used = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { folder, bytes } of entries.filter((entry) => mayGo(entry) && !keep.includes(entry.folder))) {
    if (used <= limit) return;
    removeEntry(folder);
    used -= bytes;
  }
}

/**
 * Evicts what was used least recently until the cache is within its limit and the disk has room for guest RAM of this size.
 * Where there would be no room even without what may go, nothing goes.
 * @throws EnvironmentError when there is no room.
 */
export function makeRoom(templates: string, limit: Bytes, wanted: Bytes): void {
  if (wanted > limit)
    throw new EnvironmentError(
      `its RAM (${formatBytes(wanted)}) is more than the cache may hold (${formatBytes(limit)}): raise TWINBOOT_CACHE_LIMIT`,
    );
  keepWithin(templates, limit);
  const entries = listEntries(templates).filter(mayGo);
  const reclaimable = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  const needed = wanted + MARGIN;
  if (freeIn(templates) + reclaimable >= needed) {
    for (const { folder } of entries) {
      if (freeIn(templates) >= needed) break;
      removeEntry(folder);
    }
  }
  const free = freeIn(templates);
  if (free >= needed) return;
  throw new EnvironmentError(
    `${formatBytes(free)} are free in ${templates}, and its RAM takes up to ${formatBytes(wanted)}: make room, or set TWINBOOT_CACHE`,
  );
}

/** Not what somebody may be making. */
function mayGo({ manifest, usedAt }: CacheEntry): boolean {
  return manifest !== undefined || Date.now() - usedAt.getTime() > ABANDONED_AFTER;
}

function freeIn(folder: string): Bytes {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}

function describeEntry(folder: string): CacheEntry | undefined {
  const manifest = readManifest(folder);
  const stamp = manifest ? manifestFile(folder) : folder;
  const usedAt = statSync(stamp, { throwIfNoEntry: false })?.mtime;
  if (!usedAt) return undefined; // Deleted meanwhile.
  const bytes = namesIn(folder).reduce(
    (sum, name) => sum + (statSync(path.join(folder, name), { throwIfNoEntry: false })?.blocks ?? 0) * BLOCK,
    0,
  );
  return { folder, manifest, bytes, usedAt };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
