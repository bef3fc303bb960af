import { afterEach, describe, expect, test, vi } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type { KernelConfigDeclaration, TargetDeclaration } from '../suite/declaration.ts';
import { defineKernelConfig, defineTarget } from './config.ts';
import { selectionVariables } from './selection.ts';

const calamity: TargetDeclaration = {
  name: 'calamity',
  images: { x86_64: { from: 'kernel', kernel: 'kernel.elf' } },
};

/** As in a JavaScript file, which no types guard. */
const declaring = (parts: object) => () =>
  defineKernelConfig({ targets: [calamity], ...parts } as KernelConfigDeclaration);

afterEach(() => vi.unstubAllEnvs());

describe('a configuration is refused', () => {
  test.each<[string, object, string]>([
    ['with a misspelt field', { acelerator: 'tcg' }, 'unknown field "acelerator" (did you mean "accelerator"?)'],
    [
      'with a target on a network that nobody knows',
      { targets: [{ ...calamity, machine: { network: 'usr' } }] },
      'network: expected "none" | "user" | "user-open", got "usr" (did you mean "user"?)',
    ],
    [
      'with a disk of a mode that there is not',
      { disks: { data: { mode: 'overlya', source: 'data.img' } } },
      'disks.data.mode: expected mode "overlay" | "readonly" | "scratch", got "overlya" (did you mean "overlay"?)',
    ],
    [
      'with a target of a profile that nobody knows',
      { targets: [{ ...calamity, profiles: ['spm'] }] },
      'profiles: expected "default" | "smp", got "spm" (did you mean "smp"?)',
    ],
  ])('%s', (_, parts, told) => {
    expect(declaring(parts)).toThrow(DeclarationError);
    expect(declaring(parts)).toThrow(told);
  });

  test.each([
    [{ arch: 'arm64' }, 'arch: no target has an image for aarch64; there are images for x86_64'],
    [{ arch: 'arm46' }, 'arch: expected "x86_64" | '],
    [{ target: 'calmity' }, 'target: expected "calamity", got "calmity" (did you mean "calamity"?)'],
    [{ profile: 'spm' }, 'profiles: expected "default" | "smp", got "spm"'],
    [{ retries: 'twice' }, 'retries: expected a whole number from 0 to 999, got "twice"'],
  ])('where the command line chose %j', (selection, told) => {
    for (const [name, value] of Object.entries(selectionVariables(selection))) vi.stubEnv(name, value);
    expect(declaring({})).toThrow(DeclarationError);
    expect(declaring({})).toThrow(told);
  });
});

test.each([
  [{ pannics: [] }, 'target "calamity": unknown field "pannics" (did you mean "panics"?)'],
  [
    { images: { arm46: { from: 'kernel', kernel: 'kernel.elf' } } },
    'target "calamity": images.arm46: expected an architecture (',
  ],
])('a target is refused with %j', (parts, told) => {
  expect(() => defineTarget({ ...calamity, ...parts } as TargetDeclaration)).toThrow(DeclarationError);
  expect(() => defineTarget({ ...calamity, ...parts } as TargetDeclaration)).toThrow(told);
});
