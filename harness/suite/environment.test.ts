import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import type { KernelConfigDeclaration, TargetDeclaration } from './declaration.ts';
import { checkMachine, type Environment, listEnvironments, machineOf, possibleEnvironments } from './environment.ts';

const kernel = { from: 'kernel', kernel: 'k/{arch}' } as const;
const linux: TargetDeclaration = { name: 'linux', images: { x86_64: kernel, aarch64: kernel } };

function list(
  targets: readonly TargetDeclaration[],
  rest: Partial<KernelConfigDeclaration> = {},
  only?: string,
): Environment[] {
  return listEnvironments({ targets, ...rest }, only);
}

function only(environments: readonly Environment[]): Environment {
  expect(environments).toHaveLength(1);
  return environments[0] ?? expect.fail();
}

const idsOf = (environments: readonly Environment[]): string[] => environments.map(({ id }) => id);

describe('the environments of a configuration', () => {
  test('are one for each target and architecture, targets as declared, architectures in the harness’s order', () => {
    const tiny: TargetDeclaration = { name: 'tiny', images: { arm64: kernel } };
    const turned: TargetDeclaration = { name: 'turned', images: { arm64: kernel, amd64: kernel } };
    expect(idsOf(list([tiny, turned, linux]))).toEqual([
      'tiny/aarch64',
      'turned/x86_64',
      'turned/aarch64',
      'linux/x86_64',
      'linux/aarch64',
    ]);
  });

  test('are one more for each further profile, which is part of the name', () => {
    const target = { ...linux, images: { x86_64: kernel }, profiles: ['smp', 'default', 'big'] };
    const big = { cpus: 8, memory: '4G', network: 'none', disks: [] };
    const environments = list([target], { machines: { big } });
    expect(idsOf(environments)).toEqual(['linux/x86_64', 'linux/x86_64/default', 'linux/x86_64/big']);
    expect(environments.map(({ profile }) => profile.cpus)).toEqual([2, 1, 8]);
  });

  test('have the default profile where the target lists none', () => {
    expect(list([linux])[0]?.profile).toEqual({ cpus: 1, memory: '256M', network: 'none', disks: [] });
  });

  test('may be narrowed to one profile, listed by the target or not, and keep their names', () => {
    const target = { ...linux, images: { x86_64: kernel }, profiles: ['default', 'smp'] };
    expect(idsOf(list([target], {}, 'default'))).toEqual(['linux/x86_64']);
    expect(idsOf(list([target], {}, 'smp'))).toEqual(['linux/x86_64/smp']);
    expect(only(list([{ ...target, profiles: ['default'] }], {}, 'smp')).profile.cpus).toBe(2);
  });

  test('may be, with profiles that nobody lists, and have the names that they would have', () => {
    const target = { ...linux, images: { arm64: kernel }, profiles: ['smp'] };
    const big = { cpus: 8, memory: '4G', network: 'none', disks: [] };
    const declared = { targets: [target, { ...linux, name: 'tiny' }], machines: { big } };
    const possible = possibleEnvironments(declared);
    expect(possible).toEqual([...new Set(possible)]);
    for (const profile of ['smp', 'default', 'big'])
      expect(possible).toEqual(expect.arrayContaining(idsOf(listEnvironments(declared, profile))));
    expect(possible).toHaveLength(3 + 2 * 3);
  });

  test('have the target’s fields over the profile’s', () => {
    const target = { ...linux, images: { x86_64: kernel }, machine: { memory: '1G', network: 'user' } };
    expect(only(list([target])).profile).toEqual({ cpus: 1, memory: '1G', network: 'user', disks: [] });
  });

  test('emulate unless another accelerator is asked for', () => {
    expect(list([linux]).map(({ accelerator }) => accelerator)).toEqual(['tcg', 'tcg']);
    expect(list([linux], { accelerator: 'kvm' })[0]?.accelerator).toBe('kvm');
  });

  test('cross to another process as they are', () => {
    const environments = list([{ ...linux, panics: [/panic/], shell: { prompt: /[#$] $/, status: 'posix' } }]);
    expect(structuredClone(environments)).toEqual(environments);
  });

  test.each<[string, readonly TargetDeclaration[], Partial<KernelConfigDeclaration>, RegExp]>([
    [
      'a profile that nobody declared',
      [{ ...linux, profiles: ['smpp'] }],
      {},
      /^target "linux": profiles: expected "default" \| "smp", got "smpp" \(did you mean "smp"\?\)$/,
    ],
    [
      'a network that nobody declared',
      [{ ...linux, machine: { network: 'usr' } }],
      {},
      /^linux\/x86_64: network: expected .*"user".* got "usr" \(did you mean "user"\?\)$/,
    ],
    [
      'a disk that nobody declared',
      [{ ...linux, machine: { disks: ['scrach'] } }],
      {},
      /^linux\/x86_64: disks: expected "scratch", got "scrach" \(did you mean "scratch"\?\)$/,
    ],
    [
      'one architecture twice',
      [{ name: 'linux', images: { arm64: kernel, aarch64: kernel } }],
      {},
      /^target "linux": images has "arm64" and "aarch64", which are one architecture$/,
    ],
  ])('with %s are refused', (_, targets, rest, message) => {
    expect(() => list(targets, rest)).toThrow(DeclarationError);
    expect(() => list(targets, rest)).toThrow(message);
  });

  test('know a project’s own networks and disks beside those that Twinboot brings', () => {
    const own: Partial<KernelConfigDeclaration> = {
      networks: { lan: { kind: 'user', restrict: true }, none: { kind: 'user', restrict: true } },
      disks: { data: { mode: 'readonly', source: 'data.img' } },
    };
    const environment = only(list([{ ...linux, images: { x86_64: kernel } }], own));
    expect(machineOf(environment, { network: 'lan', disks: ['data', 'scratch'] })).toMatchObject({
      network: { name: 'lan', kind: 'user' },
      disks: [
        { name: 'data', mode: 'readonly' },
        { name: 'scratch', mode: 'scratch' },
      ],
    });
    // A name of the project's own stands for what the project says.
    expect(machineOf(environment, { network: 'none' }).network).toMatchObject({ name: 'none', kind: 'user' });
  });
});

describe('an environment’s machine', () => {
  test('has what a suite sets over what the environment has', () => {
    const environment = only(list([{ ...linux, images: { x86_64: kernel }, machine: { cpus: 2 } }]));
    expect(machineOf(environment, {}).cpus).toBe(2);
    expect(machineOf(environment, { cpus: 4, disks: ['scratch'] })).toMatchObject({
      cpus: 4,
      disks: [{ name: 'scratch' }],
    });
  });

  test('has the arguments of the profile, the image and the suite, in that order', () => {
    const image = { ...kernel, qemu: ['-image'] };
    const machines = { bare: { cpus: 1, memory: '64M', network: 'none', disks: [], qemu: ['-profile'] } };
    const environment = only(list([{ ...linux, images: { x86_64: image }, profiles: ['bare'] }], { machines }));
    expect(machineOf(environment, { qemu: ['-suite'] }).qemu).toEqual(['-profile', '-image', '-suite']);
  });

  test('that cannot be is refused by the name of the place that asked for it', () => {
    const environment = only(list([{ ...linux, images: { aarch64: kernel } }]));
    expect(() => checkMachine('suite "net": machine.', environment, { network: 'lan' })).toThrow(DeclarationError);
    expect(() => checkMachine('suite "net": machine.', environment, { network: 'lan' })).toThrow(
      /^suite "net": machine\.network: expected /,
    );
    expect(() => checkMachine('', environment, { network: 'user' })).not.toThrow();
    expect(() => machineOf(environment, { network: 'lan' })).toThrow(/^network: expected /);
  });
});

describe('the oracle of a target', () => {
  const tiny: TargetDeclaration = { ...linux, name: 'tiny' };
  const refusal = (targets: readonly TargetDeclaration[]): string => {
    try {
      list(targets);
    } catch (error) {
      if (error instanceof DeclarationError) return error.message;
      throw error;
    }
    return 'fine';
  };

  test('is another target', () => {
    expect(refusal([{ ...tiny, oracle: 'linux' }, linux])).toBe('fine');
    expect(refusal([{ ...tiny, oracle: 'linus' }, linux])).toBe(
      'target "tiny": oracle: expected "linux", got "linus" (did you mean "linux"?)',
    );
    expect(refusal([{ ...tiny, oracle: 'tiny' }, linux])).toBe('target "tiny": oracle: expected "linux", got "tiny"');
    expect(refusal([{ ...tiny, oracle: 'linux' }])).toMatch(/expected another target that runs the same suites/);
  });

  test('is trusted, and so has none itself', () => {
    expect(
      refusal([
        { ...tiny, oracle: 'linux' },
        { ...linux, oracle: 'bsd' },
        { ...linux, name: 'bsd' },
      ]),
    ).toBe('target "tiny": oracle: "linux" has an oracle itself, "bsd": one that is trusted needs none');
  });
});
