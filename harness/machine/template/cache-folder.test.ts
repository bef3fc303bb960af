import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { cacheFolder, cacheLimit, foldersOf, makeCache, makeFilesPrivate, makePrivate } from './cache-folder.ts';

let scratch: ScratchFolder;

beforeEach(() => {
  scratch = new ScratchFolder();
});
afterEach(() => scratch[Symbol.dispose]());

const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8);

describe('the cache', () => {
  test('is where TWINBOOT_CACHE says, also relative to the current folder', () => {
    expect(cacheFolder({ TWINBOOT_CACHE: '/elsewhere', XDG_CACHE_HOME: '/xdg' })).toBe('/elsewhere');
    expect(cacheFolder({ TWINBOOT_CACHE: 'here' })).toBe(`${process.cwd()}/here`);
  });

  test('is in the user’s place for caches else; a relative XDG_CACHE_HOME is ignored', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/xdg' })).toBe('/xdg/twinboot');
    const own = cacheFolder({});
    expect(own.startsWith(os.homedir()) && own.endsWith('/twinboot')).toBe(true);
    expect(cacheFolder({ TWINBOOT_CACHE: '', XDG_CACHE_HOME: 'xdg' })).toBe(own);
  });

  test('may hold 4 GiB, or what TWINBOOT_CACHE_LIMIT says', () => {
    expect(cacheLimit({})).toBe(4 * 2 ** 30);
    expect(cacheLimit({ TWINBOOT_CACHE_LIMIT: '' })).toBe(4 * 2 ** 30);
    expect(cacheLimit({ TWINBOOT_CACHE_LIMIT: '512M' })).toBe(2 ** 29);
  });

  test.for(['0', '4T', '-1G', 'lots', '1.5G'])('may not hold %s', (limit) => {
    expect(() => cacheLimit({ TWINBOOT_CACHE_LIMIT: limit })).toThrow(
      `TWINBOOT_CACHE_LIMIT: expected a size such as "4G", got "${limit}"`,
    );
  });

  test('is made for its owner alone', () => {
    const cache = scratch.at('some', 'cache');
    makeCache(cache);
    expect([cache, ...Object.values(foldersOf(cache))].map(modeOf)).toEqual(['700', '700', '700', '700']);
  });

  test('keeps the mode of a folder that was there, and closes those within', () => {
    mkdirSync(scratch.at('templates'));
    chmodSync(scratch.path, 0o1777);
    chmodSync(scratch.at('templates'), 0o777);
    makeCache(scratch.path);
    expect([modeOf(scratch.path), modeOf(scratch.at('templates'))]).toEqual(['1777', '700']);
  });

  test.skipIf(process.getuid?.() !== 0)('is refused when it is another user’s, and so is a folder in it', () => {
    for (const theirs of [scratch.at('theirs'), scratch.at('ours', 'templates')]) {
      mkdirSync(theirs, { recursive: true });
      chownSync(theirs, 12_345, 12_345);
    }
    expect(() => makeCache(scratch.at('theirs'))).toThrow(/theirs belongs to another user \(uid 12345\)/);
    expect(() => makeCache(scratch.at('ours'))).toThrow(/templates belongs to another user/);
  });

  test('that cannot be made is the system’s error', () => {
    writeFileSync(scratch.at('file'), '');
    expect(() => makeCache(scratch.at('file', 'cache'))).toThrow(/ENOTDIR/);
    expect(() => makePrivate(scratch.at('file'))).toThrow(/EEXIST/);
  });

  test('has files that their owner alone may read', () => {
    for (const [name, mode] of [
      ['a', 0o666],
      ['b', 0o444],
    ] as const) {
      writeFileSync(scratch.at(name), '');
      chmodSync(scratch.at(name), mode);
    }
    makeFilesPrivate(scratch.path);
    expect(['a', 'b'].map((name) => modeOf(scratch.at(name)))).toEqual(['600', '600']);
  });
});
