import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { keepWithin, listEntries, makeRoom, removeEntry } from './cache-room.ts';
import { manifestFile, writeManifest } from './manifest.ts';

const MIB = 2 ** 20;

let scratch: ScratchFolder;

beforeEach(() => {
  scratch = new ScratchFolder();
});
afterEach(() => scratch[Symbol.dispose]());

/** An entry of about a mebibyte, used so many hours ago. */
function addEntry(name: string, hoursAgo: number, finished = true): string {
  const folder = scratch.at(name);
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'ram'), Buffer.alloc(MIB, 1));
  if (finished) writeManifest(folder, { kind: 'unclonable', label: name, machine: 'a machine', because: 'a test' });
  const usedAt = new Date(Date.now() - hoursAgo * 3_600_000);
  utimesSync(finished ? manifestFile(folder) : folder, usedAt, usedAt);
  return folder;
}

const names = () => listEntries(scratch.path).map(({ folder }) => path.basename(folder));

test('entries are listed least recently used first, with what they take of the disk', () => {
  addEntry('new', 1);
  addEntry('old', 3);
  addEntry('unfinished', 2, false);
  expect(listEntries(scratch.path).map(({ manifest }) => manifest?.label)).toEqual(['old', undefined, 'new']);
  for (const { bytes } of listEntries(scratch.path)) {
    expect(bytes).toBeGreaterThanOrEqual(MIB);
    expect(bytes).toBeLessThan(1.1 * MIB);
  }
});

test('a cache that is not there is empty, and needs no room', () => {
  expect(listEntries(scratch.at('nothing'))).toEqual([]);
  keepWithin(scratch.at('nothing'), MIB);
});

test('what was used least recently goes, and no more than must', () => {
  for (const [index, name] of ['d', 'b', 'a', 'c'].entries()) addEntry(name, 10 - index);
  keepWithin(scratch.path, 5 * MIB);
  expect(names()).toEqual(['d', 'b', 'a', 'c']);
  keepWithin(scratch.path, 2.5 * MIB);
  expect(names()).toEqual(['a', 'c']);
});

test('what is to be kept stays, and so does what somebody may be making', () => {
  const kept = addEntry('kept', 9);
  addEntry('abandoned', 8, false);
  addEntry('finished', 7);
  addEntry('being made', 0.5, false);
  keepWithin(scratch.path, 1, [kept]);
  expect(names()).toEqual(['kept', 'being made']);
});

test('RAM that is larger than the limit is refused, and nothing goes', () => {
  addEntry('old', 9);
  expect(() => makeRoom(scratch.path, 2 * MIB, 3 * MIB)).toThrow(
    'its RAM (3 MiB) is more than the cache may hold (2 MiB): raise TWINBOOT_CACHE_LIMIT',
  );
  expect(names()).toEqual(['old']);
});

test('where the disk is too small anyhow, nothing goes', () => {
  addEntry('old', 9);
  expect(() => makeRoom(scratch.path, 2 ** 60, 2 ** 60)).toThrow(/are free in .*: make room, or set TWINBOOT_CACHE$/);
  expect(names()).toEqual(['old']);
});

test('an entry that is removed is gone, also twice', () => {
  const folder = addEntry('old', 9);
  removeEntry(folder);
  removeEntry(folder);
  expect(existsSync(folder)).toBe(false);
});
