import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isCurrent, keyOf, rebuild } from './build-when-changed.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-when-changed-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('keyOf', () => {
  test('tells where one input ends and the next begins', () => {
    expect(keyOf('ab', 'c')).not.toBe(keyOf('a', 'bc'));
    expect(keyOf('ab')).toBe(keyOf(Buffer.from('ab')));
  });
});

describe('rebuild', () => {
  test('makes the output current for its key, and for no other', async () => {
    const output = join(folder, 'sub', 'image');
    expect(await isCurrent(output, 'one')).toBe(false);
    await rebuild(output, 'one', (file) => writeFile(file, 'content'));
    expect(await readFile(output, 'utf8')).toBe('content');
    expect(await isCurrent(output, 'one')).toBe(true);
    expect(await isCurrent(output, 'two')).toBe(false);
  });

  test('is needed again when the output was removed', async () => {
    const output = join(folder, 'image');
    await rebuild(output, 'one', (file) => writeFile(file, 'content'));
    await rm(output);
    expect(await isCurrent(output, 'one')).toBe(false);
  });

  test('leaves the old output alone when the build fails, and no other file', async () => {
    const output = join(folder, 'image');
    await rebuild(output, 'one', (file) => writeFile(file, 'old'));
    const failing = rebuild(output, 'two', async (file) => {
      await writeFile(file, 'half');
      throw new Error('the compiler gave up');
    });
    await expect(failing).rejects.toThrow('the compiler gave up');
    expect(await readFile(output, 'utf8')).toBe('old');
    expect((await readdir(folder)).sort()).toEqual(['image', 'image.key']);
  });
});
