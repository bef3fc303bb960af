import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { digestOf, rememberedDigestOf } from './file-digest.ts';

/** sha256sum's answer. */
const DIGEST_OF_ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

let scratch: ScratchFolder;
let file: string;
let digests: string;

beforeEach(() => {
  scratch = new ScratchFolder();
  file = scratch.at('file');
  digests = scratch.at('digests');
  writeFileSync(file, 'abc');
});
afterEach(() => {
  vi.useRealTimers();
  scratch[Symbol.dispose]();
});

/** As if the file had been there for a while. */
const passTime = () => vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
const remembered = () => rememberedDigestOf(file, digests);
const memories = () => readdirSync(digests).map((name) => scratch.at('digests', name));

test('a digest is SHA-256 of the content', async () => {
  expect(await digestOf(file)).toBe(DIGEST_OF_ABC);
  expect(await remembered()).toBe(DIGEST_OF_ABC);
});

test('a file that was just written is not remembered: it may be written again within the same tick', async () => {
  await remembered();
  expect(() => readdirSync(digests)).toThrow(/ENOENT/);
});

test('one that has settled is read once', async () => {
  passTime();
  await remembered();
  const [memory = ''] = memories();
  expect(statSync(memory).mode & 0o777).toBe(0o600);
  writeFileSync(memory, '0'.repeat(64));
  expect(await remembered()).toBe('0'.repeat(64));
});

test('a memory that is damaged is not believed', async () => {
  passTime();
  await remembered();
  for (const memory of memories()) writeFileSync(memory, 'ba78');
  expect(await remembered()).toBe(DIGEST_OF_ABC);
});

test('another content of the same size under the same time is another digest', async () => {
  passTime();
  const { atime, mtime } = statSync(file);
  await remembered();
  writeFileSync(file, 'abd');
  utimesSync(file, atime, mtime);
  expect(await remembered()).toBe(await digestOf(file));
  expect(await remembered()).not.toBe(DIGEST_OF_ABC);
});

test('where nothing can be remembered, the file is read', async () => {
  passTime();
  writeFileSync(digests, 'in the way');
  expect(await remembered()).toBe(DIGEST_OF_ABC);
});

test('a file that is not there is an error of the system', async () => {
  await expect(rememberedDigestOf(scratch.at('nothing'), digests)).rejects.toThrow(/ENOENT/);
  await expect(digestOf(scratch.at('nothing'))).rejects.toThrow(/ENOENT/);
});
