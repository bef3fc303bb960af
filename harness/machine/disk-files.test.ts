import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { EnvironmentError } from '../errors.ts';
import { findExecutable } from '../qemu/executable.ts';
import type { ResolvedDisk } from '../qemu/resolve.ts';
import { createOverlay, prepareDiskFiles } from './disk-files.ts';

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
    const [file] = await prepareDiskFiles([overlay(at('source.img'))], at('run'));
    expect(file).toEqual({ path: at('run/disk0.qcow2'), format: 'qcow2', readonly: false });
    expect(contentOf(at('run/disk0.qcow2'), 'qcow2').equals(readFileSync(at('source.img')))).toBe(true);
    guestWrites(at('run/disk0.qcow2'));
    expect(contentOf(at('run/disk0.qcow2'), 'qcow2')[0]).toBe(0xff);
    expect(hashOf(at('source.img'))).toBe(before);
  });

  test('is told its source’s format, which is never guessed', async () => {
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', at('source.qcow2'), '3M']);
    await prepareDiskFiles([overlay(at('source.qcow2'), 'qcow2'), overlay(at('source.qcow2'), 'raw')], at('run'));
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
      await createOverlay(at(name), 'raw', at('run/overlay.qcow2'));
      expect(contentOf(at('run/overlay.qcow2'), 'qcow2').equals(readFileSync(at(name)))).toBe(true);
    },
  );

  test('without a source is refused in qemu-img’s words', async () => {
    const made = prepareDiskFiles([overlay(at('missing.img'))], at('run'));
    await expect(made).rejects.toThrow(EnvironmentError);
    await expect(made).rejects.toThrow(/^qemu-img create .*missing\.img.* failed: .*No such file or directory/s);
  });
});

describe('a scratch disk', () => {
  test('is empty, as large as declared, and costs next to nothing', async () => {
    const [file] = await prepareDiskFiles([scratch(2 ** 24)], at('run'));
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
  expect(await prepareDiskFiles([disk], at('run'))).toEqual([
    { path: at('source.img'), format: 'raw', readonly: true },
  ]);
});

test('disks keep their order, each with a file of its own', async () => {
  const files = await prepareDiskFiles([scratch(2 ** 20), overlay(at('source.img')), scratch(2 ** 21)], at('run'));
  expect(files.map((file) => path.basename(file.path))).toEqual(['disk0.qcow2', 'disk1.qcow2', 'disk2.qcow2']);
  expect(files.map((file) => infoOf(file.path)['virtual-size'])).toEqual([2 ** 20, 2 ** 20, 2 ** 21]);
});
