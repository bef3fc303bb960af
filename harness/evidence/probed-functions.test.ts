import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { elfFunctions } from '../testing/elf-functions.ts';
import { calamityImages } from '../testing/project.ts';
import { Deadline } from '../units.ts';
import { findFunctions } from './probed-functions.ts';

const AMPLE = () => Deadline.after(120_000);
const elf = (arch: string) => path.join(calamityImages, arch, 'calamity.elf');
const plan = (arch: 'x86_64' | 'aarch64', more: Partial<MachinePlan> = {}): MachinePlan => ({
  ...calamityPlan(arch).plan,
  symbols: elf(arch),
  ...more,
});

const namesOf = async (arch: 'x86_64' | 'aarch64', probe: string) =>
  [...(await findFunctions(plan(arch), [probe], AMPLE())).values()].flat().map(({ name }) => name);

const refusal = (probe: string, more: Partial<MachinePlan> = {}) =>
  findFunctions(plan('x86_64', more), [probe], AMPLE()).then(
    () => 'found',
    ({ name, message }: Error) => `${name}: ${message}`,
  );

describe.runIf(findExecutable('llvm-nm') ?? findExecutable('nm'))('the functions that are probed', () => {
  test.each(archNames)('are found by name and by glob on %s', async (arch) => {
    const found = await findFunctions(plan(arch), ['print', 'ext2_*', 'mem???'], AMPLE());
    expect(found.get('print')).toEqual([
      {
        name: 'print',
        address: `0x${elfFunctions(elf(arch))
          .find(({ name }) => name === 'print')
          ?.start.toString(16)}`,
      },
    ]);
    const named = elfFunctions(elf(arch)).map(({ name }) => name);
    const expected = named.filter((name) => name.startsWith('ext2_')).sort();
    expect(expected.length).toBeGreaterThan(5);
    expect(
      found
        .get('ext2_*')
        ?.map(({ name }) => name)
        .sort(),
    ).toEqual(expected);
    expect(
      found
        .get('mem???')
        ?.map(({ name }) => name)
        .sort(),
    ).toEqual(['memcmp', 'memcpy', 'memset']);
  });

  test('are not what only looks like a pattern', async () => {
    expect(await namesOf('x86_64', 'print')).toEqual(['print']);
    expect(await refusal('prin.')).toMatch(/has no function "prin\."/);
  });

  test.each([
    ['ext2_mout', / has no function "ext2_mout" \(did you mean "ext2_mount"\?\)$/],
    ['rename', / has no function "rename" \(did you mean .*"ext2_rename".*\?\)$/],
    ['quux_of_nothing', / has no function "quux_of_nothing"$/],
    ['quux_*', /: no function of \S+calamity\.elf matches "quux_\*"$/],
    ['*_readers', /: no function of \S+ matches "\*_readers"/],
    ['commands', / has no function "commands": that is data$/],
    [
      '*',
      /"\*" matches \d{3} functions \(.*, …\); at most 64 can be probed at once, because each slows down all that the guest does/,
    ],
  ])('of %s: a clear word', async (probe, message) => {
    expect(await refusal(probe)).toMatch(/^DeclarationError: probes: /);
    expect(await refusal(probe)).toMatch(message);
  });

  test('need a machine whose QEMU tells of calls', async () => {
    const { machine } = plan('x86_64');
    expect(await refusal('print', { machine: { ...machine, accelerator: 'kvm' } })).toMatch(
      /only QEMU’s own emulation tells of calls; this machine runs with kvm/,
    );
    expect(await refusal('print', { machine: { ...machine, qemu: ['-d', 'guest_errors'] } })).toMatch(
      /own QEMU arguments have -d, which would switch the probes off/,
    );
    expect(await refusal('print', { source: { kind: 'launcher', command: ['true'], cwd: '/', env: {} } })).toMatch(
      /a launcher starts QEMU with its own arguments/,
    );
  });

  test('need symbols', async () => {
    expect(await refusal('print', { symbols: '/nowhere/kernel.elf' })).toBe(
      'DeclarationError: probes: /nowhere/kernel.elf does not exist',
    );
    const image = path.join(calamityImages, 'aarch64/calamity.img');
    const bare = { ...calamityPlan('aarch64').plan };
    await expect(findFunctions(bare, ['print'], AMPLE())).rejects.toThrow(
      `probes: ${image} is no ELF file; \`symbols\` in the target’s declaration can name one`,
    );
  });
});
