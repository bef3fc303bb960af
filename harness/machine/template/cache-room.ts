import { readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '../../errors.ts';
import { type Bytes, formatBytes, type Millis } from '../../units.ts';
import { manifestFile, readManifest } from './manifest.ts';

/** A folder of the cache. */
export interface CacheEntry {
  readonly folder: string;
  /** Which machine it is of: `linux/aarch64`. */
  readonly label: string;
  /** An `unclonable` machine leaves a note that spares the next run the attempt. */
  readonly kind: 'template' | 'unclonable' | 'unfinished';
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
 * Evicts what was used least recently until the cache is within its limit and the disk has room for guest RAM of this size.
 * @param keep Folders that stay.
 * @throws EnvironmentError when that cannot be.
 */
export function makeRoom(templates: string, limit: Bytes, wanted: Bytes, keep: readonly string[] = []): void {
  if (wanted > limit)
    throw new EnvironmentError(
      `its RAM (${formatBytes(wanted)}) is more than the cache may hold (${formatBytes(limit)}): raise TWINBOOT_CACHE_LIMIT`,
    );
  const entries = listEntries(templates).filter(
    ({ folder, kind, usedAt }) =>
      !keep.includes(folder) && (kind !== 'unfinished' || Date.now() - usedAt.getTime() > ABANDONED_AFTER),
  );
  let used = listEntries(templates).reduce((sum, { bytes }) => sum + bytes, 0);
  while (used > limit || freeIn(templates) < wanted + MARGIN) {
    const oldest = entries.shift();
    if (!oldest) break;
    removeEntry(oldest.folder);
    used -= oldest.bytes;
  }
  const free = freeIn(templates);
  if (free >= wanted + MARGIN) return;
  throw new EnvironmentError(
    `${formatBytes(free)} are free in ${templates}, and its RAM takes up to ${formatBytes(wanted)}: make room, or set TWINBOOT_CACHE`,
  );
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
  return { folder, label: manifest?.label ?? '', kind: manifest?.kind ?? 'unfinished', bytes, usedAt };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
