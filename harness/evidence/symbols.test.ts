import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Arch, archNames } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { findExecutable } from '../qemu/executable.ts';
import { runTool } from '../qemu/tool.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { calamityImages } from '../testing/project.ts';
import { Deadline } from '../units.ts';
import { parseNm } from './addr2line.ts';
import type { Symboliser } from './symboliser.ts';
import { SYMBOLISERS, Symbols } from './symbols.ts';

const AMPLE = () => Deadline.after(120_000);

function planOf(arch: Arch): MachinePlan {
  return { ...calamityPlan(arch).plan, symbols: path.join(calamityImages, arch, 'calamity.elf') };
}

const nm = findExecutable('llvm-nm');

/** Where a function begins, and where it ends. */
async function symbolOf(arch: Arch, wanted: string): Promise<{ readonly start: bigint; readonly end: bigint }> {
  const { stdout } = await runTool(nm ?? '', ['-S', planOf(arch).symbols ?? ''], AMPLE());
  const { start, size } = parseNm(stdout).find(({ name }) => name === wanted) ?? expect.fail(`there is no ${wanted}`);
  return { start, end: start + size };
}

function isInstalled({ programs, companion }: Symboliser): boolean {
  return [programs, ...(companion ? [companion] : [])].every((names) => names.some((name) => findExecutable(name)));
}

describe.each(SYMBOLISERS.filter(isInstalled).map((symboliser) => ({ symboliser, name: symboliser.programs[0] })))(
  '$name',
  ({ symboliser }) => {
    test.runIf(nm).each(archNames)('names functions and lines of a kernel of %s', async (arch) => {
      const symbols = await Symbols.open(planOf(arch), [symboliser]);
      const { start, end } = await symbolOf(arch, 'ext2_rename');
      const [inside] = await symbols.places([start + 8n], AMPLE());
      expect(inside).toEqual({
        address: `0x${(start + 8n).toString(16).padStart(16, '0')}`,
        function: 'ext2_rename',
        offset: 8,
        file: 'kernel/words/locks.c',
        line: expect.any(Number),
      });
      const [[returned]] = (await symbols.frames([{ address: end, isReturn: true }], AMPLE())) as [[unknown]];
      expect(returned).toMatchObject({ function: 'ext2_rename', offset: Number(end - start) });
      expect(symbols.notes).toEqual([]);
    });

    test('leaves alone what is not the kernel’s code', async () => {
      const symbols = await Symbols.open(planOf('x86_64'), [symboliser]);
      const addresses = ['0x0000000000000000', '0x000000007fff0000', '0xffffffff81000000'];
      expect(await symbols.places(addresses.map(BigInt), AMPLE())).toEqual(addresses.map((address) => ({ address })));
    });
  },
);

test('without a tool there are addresses, and what would help', async () => {
  const symbols = await Symbols.open(planOf('x86_64'), []);
  expect(await symbols.places([0x101000n], AMPLE())).toEqual([{ address: '0x0000000000101000' }]);
  expect(symbols.notes.join()).toMatch(
    /^no function names: none of llvm-symbolizer, addr2line with nm, and gdb is installed/,
  );
});

test('a tool that fails is followed by the next, and the last one’s failure is told', async () => {
  const broken: Symboliser = { programs: ['false'], run: (ask) => ask([]).then(() => new Map()) };
  const fine: Symboliser = {
    programs: ['true'],
    run: async (_, __, addresses) =>
      new Map(
        addresses.map((address) => [
          address,
          [{ function: 'f::h0123456789abcdef', offset: 1, file: undefined, line: 2 }],
        ]),
      ),
  };
  const symbols = await Symbols.open(planOf('x86_64'), [broken, fine]);
  expect(await symbols.places([0x101000n], AMPLE())).toMatchObject([{ function: 'f', offset: 1, line: 2 }]);
  expect(symbols.notes).toEqual([]);
  const none = await Symbols.open(planOf('x86_64'), [broken]);
  await none.places([0x101000n], AMPLE());
  expect(none.notes.join()).toMatch(/^no function names: \S+false told nothing$/);
});

test('a machine that boots no kernel of its own has symbols only where they are declared', async () => {
  const plan: MachinePlan = {
    ...planOf('x86_64'),
    source: { kind: 'launcher', command: ['cargo', 'run'], cwd: '/', env: {} },
  };
  expect((await Symbols.open(plan)).notes).toEqual([]);
  const { symbols: _, ...undeclared } = plan;
  expect((await Symbols.open(undeclared)).notes.join()).toMatch(/^no function names: `symbols` in the target’s/);
});
