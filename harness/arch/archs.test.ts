import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { archNames, archSpellings, describeArch, normaliseArch, parseArch } from './archs.ts';

describe('an architecture’s name', () => {
  test.each([
    ['x86_64', 'x86_64'],
    ['amd64', 'x86_64'],
    ['x86-64', 'x86_64'],
    ['x64', 'x86_64'],
    ['AMD64', 'x86_64'],
    ['aarch64', 'aarch64'],
    ['arm64', 'aarch64'],
    ['ARM64', 'aarch64'],
    ['armv8', 'aarch64'],
  ])('%s means %s', (spelling, arch) => {
    expect(normaliseArch(spelling)).toBe(arch);
    expect(parseArch('arch', spelling)).toBe(arch);
  });

  test.each(['', 'riscv64', 'i386', 'arm', 'toString', '__proto__'])('%j means none', (spelling) => {
    expect(normaliseArch(spelling)).toBeUndefined();
  });

  test('that is misspelt is refused with the nearest right one', () => {
    expect(() => parseArch('--arch', 'aarch46')).toThrow(DeclarationError);
    expect(() => parseArch('--arch', 'aarch46')).toThrow(
      /^--arch: expected "x86_64" \|.*got "aarch46" \(did you mean "aarch64"\?\)$/,
    );
  });

  test('has no spelling in common with another', () => {
    expect(new Set(archSpellings).size).toBe(archSpellings.length);
  });
});

describe.each(archNames)('the description of %s', (name) => {
  const arch = describeArch(name);

  test('goes by its own name', () => {
    expect(arch.name).toBe(name);
    expect(normaliseArch(arch.name)).toBe(name);
  });

  test('has an ELF machine, a Node name and a QEMU binary that no other has', () => {
    const others = archNames.filter((other) => other !== name).map(describeArch);
    for (const other of others) {
      expect(other.elfMachine).not.toBe(arch.elfMachine);
      expect(other.nodeArch).not.toBe(arch.nodeArch);
      expect(other.qemuBinary).not.toBe(arch.qemuBinary);
    }
  });

  test('recognises no image in nothing, in zeros, or in text', () => {
    for (const head of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(8192), Buffer.from('#!/bin/sh\nexec qemu\n')]) {
      expect(arch.imageFormats.filter((format) => format.matches(head))).toEqual([]);
    }
  });
});
