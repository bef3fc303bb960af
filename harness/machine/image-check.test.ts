import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Arch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import type { BootImage } from '../qemu/argv.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';
import { checkImage } from './image-check.ts';

const EM = { i386: 3, 'x86-64': 62, arm: 40, arm64: 183, riscv: 243 } as const;

/** Files by name; what is in them is what QEMU would look at. */
const files: Readonly<Record<string, Buffer | string>> = {
  bzImage: withBytes(1024, 0x202, 'HdrS'),
  Image: withBytes(64, 56, 'ARM\x64'),
  'Image.gz': Buffer.from([0x1f, 0x8b, 8, 0]),
  'x86-64.elf': elf(EM['x86-64']),
  'i386.elf': elf(EM.i386),
  'arm64.elf': elf(EM.arm64),
  'riscv.elf': elf(EM.riscv),
  'cut.elf': elf(EM['x86-64']).subarray(0, 12),
  multiboot: multiboot(4096),
  'late-multiboot': multiboot(16 * 1024),
  'wrong-checksum': Buffer.concat([multiboot(0).subarray(0, 8), Buffer.alloc(4)]),
  script: '#!/bin/sh\nmake kernel\n',
  flat: Buffer.alloc(512, 0x90),
  initrd: 'cpio',
  empty: '',
};

let root: string;
const at = (name: string): string => path.join(root, name);

beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), 'images-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(at(name), content);
  mkdirSync(at('folder'));
});
afterAll(() => rmSync(root, { recursive: true }));

function withBytes(size: number, offset: number, text: string): Buffer {
  const file = Buffer.alloc(size);
  file.write(text, offset, 'latin1');
  return file;
}

function elf(machine: number): Buffer {
  const file = Buffer.alloc(64);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  file.writeUInt16LE(machine, 18);
  return file;
}

/** A flat kernel with a Multiboot header at an offset. */
function multiboot(offset: number): Buffer {
  const [magic, flags] = [0x1badb002, 0x00010003];
  const file = Buffer.alloc(offset + 12);
  file.writeUInt32LE(magic, offset);
  file.writeUInt32LE(flags, offset + 4);
  file.writeUInt32LE((2 ** 32 * 2 - magic - flags) % 2 ** 32, offset + 8);
  return file;
}

function machine(arch: Arch, parts: Partial<ResolvedMachine> = {}): ResolvedMachine {
  return {
    arch,
    board: 'any',
    cpu: undefined,
    cpus: 1,
    memoryBytes: 2 ** 28,
    network: { name: 'none', kind: 'none' },
    disks: [],
    firmware: undefined,
    accelerator: 'tcg',
    qemu: [],
    ...parts,
  };
}

function check(image: BootImage, on: ResolvedMachine, raw = false): string {
  try {
    checkImage(image, on, raw);
    return 'fine';
  } catch (error) {
    expect(error).toBeInstanceOf(EnvironmentError);
    return (error as Error).message.replaceAll(`${root}/`, '');
  }
}

function checkKernel(name: string, arch: Arch, raw = false): string {
  return check({ from: 'kernel', kernel: at(name) }, machine(arch), raw);
}

describe('a kernel', () => {
  test.each<[string, Arch]>([
    ['bzImage', 'x86_64'],
    ['x86-64.elf', 'x86_64'],
    ['i386.elf', 'x86_64'],
    ['multiboot', 'x86_64'],
    ['Image', 'aarch64'],
    ['Image.gz', 'aarch64'],
    ['arm64.elf', 'aarch64'],
  ])('%s is one for %s', (name, arch) => {
    expect(checkKernel(name, arch)).toBe('fine');
  });

  test.each<[string, Arch]>([
    ['Image', 'x86_64'],
    ['Image.gz', 'x86_64'],
    ['bzImage', 'aarch64'],
    ['multiboot', 'aarch64'],
    ['i386.elf', 'aarch64'],
    ['riscv.elf', 'x86_64'],
    ['cut.elf', 'x86_64'],
    ['late-multiboot', 'x86_64'],
    ['wrong-checksum', 'x86_64'],
    ['script', 'x86_64'],
    ['script', 'aarch64'],
    ['flat', 'aarch64'],
  ])('%s is none for %s, which QEMU would not say', (name, arch) => {
    expect(checkKernel(name, arch)).toMatch(
      new RegExp(`^The kernel ${name} is no kernel image; for ${arch}, QEMU's -kernel boots `),
    );
  });

  test.each<[string, Arch, Arch]>([
    ['x86-64.elf', 'aarch64', 'x86_64'],
    ['arm64.elf', 'x86_64', 'aarch64'],
  ])('%s on %s is said to be one for %s', (name, arch, other) => {
    expect(checkKernel(name, arch)).toMatch(
      new RegExp(`^The kernel ${name} is an ELF file for ${other}; for ${arch}, `),
    );
  });

  test('of an unknown format is refused with the formats there are, and what to declare instead', () => {
    expect(checkKernel('flat', 'x86_64')).toBe(
      "The kernel flat is no kernel image; for x86_64, QEMU's -kernel boots bzImage, ELF, Multiboot. " +
        'A flat binary without a header is declared with `raw: true`; a disk or CD image with `from: "disk"` or `from: "cdrom"`.',
    );
  });

  test('that is declared to be raw may be anything but nothing', () => {
    expect(checkKernel('flat', 'aarch64', true)).toBe('fine');
    expect(checkKernel('empty', 'aarch64', true)).toBe('The kernel empty is empty.');
    expect(checkKernel('missing', 'aarch64', true)).toMatch(/^The kernel missing does not exist\./);
  });
});

describe('a file that QEMU is to open', () => {
  const kernel = { from: 'kernel' as const, kernel: '' };
  const image = (parts: object): BootImage => ({ ...kernel, kernel: at('bzImage'), ...parts });

  test.each<[string, () => string, string]>([
    ['kernel', () => check({ ...kernel, kernel: at('missing') }, machine('x86_64')), 'kernel missing'],
    ['initrd', () => check(image({ initrd: at('missing') }), machine('x86_64')), 'initrd missing'],
    ['device tree', () => check(image({ dtb: at('missing') }), machine('x86_64')), 'device tree missing'],
    ['CD image', () => check({ from: 'cdrom', iso: at('missing') }, machine('x86_64')), 'CD image missing'],
    ['boot disk', () => check({ from: 'disk', disk: at('missing') }, machine('x86_64')), 'boot disk missing'],
    ['firmware', () => check(image({}), machine('x86_64', { firmware: at('missing') })), 'firmware missing'],
    ['disk', () => check(image({}), machine('x86_64', { disks: [disk('overlay', 'missing')] })), 'disk "data" missing'],
    [
      'disk',
      () => check(image({}), machine('x86_64', { disks: [disk('readonly', 'missing')] })),
      'disk "data" missing',
    ],
  ])('and that is not there is named by what it is for: %s', (_, message, named) => {
    expect(message()).toBe(`The ${named} does not exist. Build it, or correct its path.`);
  });

  test('must be a file', () => {
    expect(checkKernel('folder', 'x86_64')).toBe('The kernel folder is not a file.');
    expect(check({ from: 'cdrom', iso: '/dev/null' }, machine('x86_64'))).toBe('The CD image /dev/null is not a file.');
  });

  test('must not be empty', () => {
    expect(checkKernel('empty', 'x86_64')).toBe('The kernel empty is empty.');
    expect(check(image({ initrd: at('empty') }), machine('x86_64'))).toBe('The initrd empty is empty.');
  });

  test('is not looked for where the harness makes it', () => {
    const scratch = { name: 'scratch', mode: 'scratch', sizeBytes: 2 ** 20, interface: 'virtio-blk' } as const;
    expect(check(image({ initrd: at('initrd') }), machine('x86_64', { disks: [scratch] }))).toBe('fine');
  });

  test('may have any content where QEMU does not run it as a kernel', () => {
    expect(check({ from: 'cdrom', iso: at('flat') }, machine('aarch64'))).toBe('fine');
    expect(check({ from: 'disk', disk: at('flat') }, machine('aarch64', { firmware: at('flat') }))).toBe('fine');
  });

  function disk(mode: 'overlay' | 'readonly', name: string) {
    return { name: 'data', mode, source: at(name), format: 'raw', interface: 'virtio-blk' } as const;
  }
});
