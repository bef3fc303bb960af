import { copyFileSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findExecutable } from '../../qemu/executable.ts';
import { calamityPlan } from '../../testing/calamity-plan.ts';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import type { MachinePlan } from '../plan.ts';
import { templateKey } from './key.ts';

/** Long past, so that digests of files with these times are remembered. */
const LONG_AGO = 1_600_000_000;

let scratch: ScratchFolder;
let initrd: string;

beforeEach(() => {
  scratch = new ScratchFolder();
  initrd = scratch.at('initrd');
  install(initrd, Buffer.alloc(4096, 'initrd'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  scratch[Symbol.dispose]();
});

function install(file: string, content: Buffer): void {
  writeFileSync(file, content);
  utimesSync(file, LONG_AGO, LONG_AGO);
}

function flipByte(file: string): void {
  const content = readFileSync(file);
  content.writeUInt8(content.readUInt8(1000) ^ 1, 1000);
  install(file, content);
}

function keyOf(
  machine: Partial<MachinePlan['machine']> = {},
  ready = 'at its prompt',
  plan: Partial<MachinePlan> = {},
) {
  const known = calamityPlan('x86_64', { image: { initrd }, machine });
  return templateKey({ ...known.plan, ...plan }, known.image, ready, scratch.at('digests'));
}

test('the same machine has the same key, also when nothing is remembered and when files were only touched', async () => {
  const key = await keyOf();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await keyOf()).toBe(key);
  utimesSync(initrd, LONG_AGO + 60, LONG_AGO + 60);
  expect(await keyOf()).toBe(key);
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  expect([await keyOf(), await keyOf()]).toEqual([key, key]);
});

test('a flipped byte makes another, also under the same size and times, and also when the digest was remembered', async () => {
  vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
  const key = await keyOf();
  flipByte(initrd);
  expect(await keyOf()).not.toBe(key);
  flipByte(initrd);
  expect(await keyOf()).toBe(key);
});

test('another machine, another way to drive it and another prompt make another', async () => {
  const keys = await Promise.all([
    keyOf(),
    keyOf({ cpus: 2 }),
    keyOf({ memoryBytes: 2 ** 27 }),
    keyOf({ qemu: ['-device', 'virtio-rng-pci'] }),
    keyOf({ network: { name: 'user', kind: 'user', restrict: false } }),
    keyOf({ disks: [{ name: 'a', interface: 'virtio-blk', mode: 'scratch', sizeBytes: 2 ** 20 }] }),
    keyOf({ disks: [{ name: 'a', interface: 'virtio-blk', mode: 'scratch', sizeBytes: 2 ** 21 }] }),
    keyOf({}, 'at another prompt'),
    keyOf({}, undefined, { consoles: ['user', 'kernel'] }),
    keyOf({}, undefined, { exitDevice: true }),
    keyOf({}, undefined, { ports: ['post'] }),
    keyOf({}, undefined, { ports: ['post', 'e9'] }),
  ]);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a disk’s content makes another', async () => {
  const disk = {
    name: 'a',
    interface: 'virtio-blk',
    mode: 'overlay',
    source: scratch.at('disk'),
    format: 'raw',
  } as const;
  install(disk.source, Buffer.alloc(4096));
  const key = await keyOf({ disks: [disk] });
  flipByte(disk.source);
  expect(await keyOf({ disks: [disk] })).not.toBe(key);
});

test.for([
  ['-bios', (file: string) => ['-bios', file]],
  ['a drive', (file: string) => ['-drive', `if=none,id=a,file=${file},readonly=on`]],
  ['a comma in its path', (file: string) => ['-drive', `if=none,id=a,file=${file.replaceAll(',', ',,')},readonly=on`]],
  ['an option of its own', (file: string) => ['-fw_cfg', `name=opt/a,file=${file}`]],
] as const)('the content of a file that a raw argument names makes another: %s', async ([what, argumentsFor]) => {
  const file = scratch.at(what.includes('comma') ? 'tools,1.img' : 'tools.img');
  install(file, Buffer.alloc(4096));
  const key = await keyOf({ qemu: argumentsFor(file) });
  flipByte(file);
  expect(await keyOf({ qemu: argumentsFor(file) })).not.toBe(key);
});

test('another QEMU makes another, also under the same name', async () => {
  const key = await keyOf();
  const binary = scratch.at('qemu-system-x86_64');
  vi.stubEnv('PATH', `${scratch.path}${path.delimiter}${process.env.PATH}`);
  copyFileSync(findExecutable('true') ?? expect.fail('no true'), binary);
  const ofCopy = await keyOf();
  expect(ofCopy).not.toBe(key);
  flipByte(binary);
  expect(await keyOf()).not.toBe(ofCopy);
});

test('a file that is not there is an error', async () => {
  await expect(
    keyOf({
      disks: [{ name: 'a', interface: 'virtio-blk', mode: 'readonly', source: scratch.at('no'), format: 'raw' }],
    }),
  ).rejects.toThrow(/ENOENT/);
});
