import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import type { BootImage, DiskFile } from '../qemu/argv.ts';
import { findExecutable } from '../qemu/executable.ts';
import type { ResolvedDisk } from '../qemu/resolve.ts';
import { copyBlankOverlays, createBlankOverlays, type DiskFiles, diskFilesIn, prepareDiskFiles } from './disk-files.ts';

/** For a host that is busy; nothing here waits for time to pass. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root: string;
const at = (name: string): string => path.join(root, name);

beforeAll(() => {
  expect(findExecutable('qemu-img'), 'qemu-img must be in PATH: install QEMU’s tools (qemu-utils)').toBeDefined();
});
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'disks-'));
  mkdirSync(at('run'));
  writeFileSync(at('source.img'), Buffer.alloc(2 ** 20, 'twinboot'));
});
afterEach(() => rmSync(root, { recursive: true }));

const overlay = (source: string, format: 'raw' | 'qcow2' = 'raw'): ResolvedDisk => ({
  name: 'data',
  mode: 'overlay',
  source,
  format,
  interface: 'virtio-blk',
});
const scratch = (sizeBytes: number): ResolvedDisk => ({
  name: 'scratch',
  mode: 'scratch',
  sizeBytes,
  interface: 'virtio-blk',
});

interface ImageInfo {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly 'full-backing-filename'?: string;
  readonly 'backing-filename-format'?: string;
}

function infoOf(file: string): ImageInfo {
  return JSON.parse(execFileSync('qemu-img', ['info', '--output=json', file], { encoding: 'utf8' })) as ImageInfo;
}

/** Writes to an image as a guest does. */
function guestWrites(file: string): void {
  execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 0xff 0 4096', file]);
}

const kernel: BootImage = { from: 'kernel', kernel: '/k/kernel' };

async function prepare(disks: readonly ResolvedDisk[], image = kernel): Promise<readonly DiskFile[]> {
  return (await prepareDiskFiles(at('run'), disks, image)).disks;
}

/** What a guest reads from it. */
function contentOf(file: string, format: string): Buffer {
  execFileSync('qemu-img', ['convert', '-f', format, '-O', 'raw', file, at('content')]);
  return readFileSync(at('content'));
}

function hashOf(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

describe('an overlay', () => {
  test('reads as its source, and takes what the guest writes instead of it', async () => {
    const before = hashOf(at('source.img'));
    const [file] = await prepare([overlay(at('source.img'))]);
    expect(file).toEqual({ path: at('run/disk0.qcow2'), format: 'qcow2', readonly: false });
    expect(contentOf(at('run/disk0.qcow2'), 'qcow2').equals(readFileSync(at('source.img')))).toBe(true);
    guestWrites(at('run/disk0.qcow2'));
    expect(contentOf(at('run/disk0.qcow2'), 'qcow2')[0]).toBe(0xff);
    expect(hashOf(at('source.img'))).toBe(before);
  });

  test('is told its source’s format, which is never guessed', async () => {
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', at('source.qcow2'), '3M']);
    await prepare([overlay(at('source.qcow2'), 'qcow2'), overlay(at('source.qcow2'), 'raw')]);
    expect(infoOf(at('run/disk0.qcow2'))).toMatchObject({
      'backing-filename-format': 'qcow2',
      'virtual-size': 3 * 2 ** 20,
    });
    expect(infoOf(at('run/disk1.qcow2'))['backing-filename-format']).toBe('raw');
  });

  test.each(['a,b.img', 'with spaces.img', 'colon:in.img', 'json:{.img', '-dash.img'])(
    'may stand on %j',
    async (name) => {
      writeFileSync(at(name), Buffer.alloc(2 ** 16, name));
      await prepare([overlay(at(name))]);
      expect(contentOf(at('run/disk0.qcow2'), 'qcow2').equals(readFileSync(at(name)))).toBe(true);
    },
  );

  test('without a source is refused in qemu-img’s words', async () => {
    const made = prepare([overlay(at('missing.img'))]);
    await expect(made).rejects.toThrow(EnvironmentError);
    await expect(made).rejects.toThrow(/^qemu-img create .*missing\.img.* failed: .*No such file or directory/s);
  });
});

describe('a scratch disk', () => {
  test('is empty, as large as declared, and costs next to nothing', async () => {
    const [file] = await prepare([scratch(2 ** 24)]);
    expect(file).toEqual({ path: at('run/disk0.qcow2'), format: 'qcow2', readonly: false });
    expect(infoOf(at('run/disk0.qcow2'))).toMatchObject({ format: 'qcow2', 'virtual-size': 2 ** 24 });
    expect(readFileSync(at('run/disk0.qcow2')).length).toBeLessThan(2 ** 20);
    expect(contentOf(at('run/disk0.qcow2'), 'qcow2').equals(Buffer.alloc(2 ** 24))).toBe(true);
  });
});

test('a readonly disk is the source itself', async () => {
  const disk: ResolvedDisk = {
    name: 'data',
    mode: 'readonly',
    source: at('source.img'),
    format: 'raw',
    interface: 'virtio-blk',
  };
  expect(await prepare([disk])).toEqual([{ path: at('source.img'), format: 'raw', readonly: true }]);
});

test('disks keep their order, each with a file of its own', async () => {
  const files = await prepare([scratch(2 ** 20), overlay(at('source.img')), scratch(2 ** 21)]);
  expect(files.map((file) => path.basename(file.path))).toEqual(['disk0.qcow2', 'disk1.qcow2', 'disk2.qcow2']);
  expect(files.map((file) => infoOf(file.path)['virtual-size'])).toEqual([2 ** 20, 2 ** 20, 2 ** 21]);
});

describe('the disks of a clone', () => {
  test('read as the template left them, and write to files of their own', async () => {
    const image: BootImage = { from: 'disk', disk: at('source.img') };
    const disks = [overlay(at('source.img')), scratch(2 ** 20)];
    const frozen = await prepareDiskFiles(at('run'), disks, image);
    guestWrites(at('run/disk0.qcow2'));
    await createBlankOverlays(frozen);
    const frozenHash = hashOf(at('run/disk0.qcow2'));

    const clones: DiskFiles[] = [];
    for (const name of ['one', 'two']) {
      mkdirSync(at(name));
      clones.push(await copyBlankOverlays(diskFilesIn(at('run'), disks, image), at(name)));
    }
    const [one, two] = clones as [DiskFiles, DiskFiles];
    expect(one).toEqual({
      disks: [
        { path: at('one/disk0.qcow2'), format: 'qcow2', readonly: false },
        { path: at('one/disk1.qcow2'), format: 'qcow2', readonly: false },
      ],
      bootDisk: { path: at('one/boot.qcow2'), format: 'qcow2', readonly: false },
    });
    execFileSync('qemu-io', ['-f', 'qcow2', '-c', 'write -P 0x11 0 512', at('one/disk0.qcow2')]);
    expect(contentOf(at('one/disk0.qcow2'), 'qcow2').subarray(511, 513)).toEqual(Buffer.from([0x11, 0xff]));
    expect(contentOf(two.disks[0]?.path ?? '', 'qcow2')[0]).toBe(0xff);
    expect(hashOf(at('run/disk0.qcow2'))).toBe(frozenHash);
  });

  test('are the source itself where it is readonly', async () => {
    const disk: ResolvedDisk = { ...overlay(at('source.img')), mode: 'readonly' } as ResolvedDisk;
    const frozen = await prepareDiskFiles(at('run'), [disk], kernel);
    await createBlankOverlays(frozen);
    expect(await copyBlankOverlays(frozen, at('run'))).toEqual(frozen);
    expect(readdirSync(at('run'))).toEqual([]);
  });
});
