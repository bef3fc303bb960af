import { expect, test } from 'vitest';
import type { Places, TargetDeclaration } from './declaration.ts';
import { listEnvironments } from './environment.ts';
import { holdsIn } from './places.ts';

const kernel = { from: 'kernel', kernel: 'build/{arch}/kernel' } as const;
const images = { x86_64: kernel, aarch64: kernel };
const target = (name: string): TargetDeclaration => ({ name, images, profiles: ['default', 'smp'] });
const machines = { smp: { cpus: 4, memory: '64M', network: 'none', disks: [] } };
const environments = listEnvironments({ targets: [target('linux'), target('breenix')], machines });

const IDS = environments.map(({ id }) => id);

test.each<[Places | undefined, readonly string[]]>([
  [undefined, IDS],
  ['aarch64', IDS.filter((id) => id.includes('aarch64'))],
  ['ARM64', IDS.filter((id) => id.includes('aarch64'))],
  ['breenix', IDS.filter((id) => id.startsWith('breenix'))],
  ['linux/x86_64', ['linux/x86_64']],
  ['linux/arm64/smp', ['linux/aarch64/smp']],
  [
    ['linux/amd64', 'breenix/aarch64'],
    ['linux/x86_64', 'breenix/aarch64'],
  ],
  ['elsewhere', []],
  [[], []],
])('%j holds where it names', (on, ids) => {
  expect(environments.filter((environment) => holdsIn(on, environment)).map(({ id }) => id)).toEqual(ids);
});
