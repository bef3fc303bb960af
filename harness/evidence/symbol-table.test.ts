import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../arch/archs.ts';
import { findExecutable } from '../qemu/executable.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { calamityImages } from '../testing/project.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { Deadline } from '../units.ts';
import { parseSymbols, SymbolTable } from './symbol-table.ts';

const AMPLE = () => Deadline.after(120_000);

describe('the symbols that nm lists', () => {
  test('are read with and without a size; of two with one name, the global one', () => {
    const listed = [
      '0000000000112c50 0000000000004000 B trace_ring_cpu0',
      '0000000000100000 T _start',
      '                 U undefined',
      '0000000000000010 0000000000000004 d head',
      'ffffffff81000020 0000000000000008 D head',
      '0000000000000030 0000000000000004 d head',
      'nm: warning: x',
      '',
    ].join('\r\n');
    expect([...parseSymbols(listed)]).toEqual([
      ['trace_ring_cpu0', { address: 0x112c50n, bytes: 0x4000 }],
      ['_start', { address: 0x100000n, bytes: 0 }],
      ['head', { address: 0xffffffff81000020n, bytes: 8 }],
    ]);
  });
});

describe.runIf(findExecutable('llvm-nm') ?? findExecutable('nm'))('a kernel’s symbol table', () => {
  test.each(archNames)('tells where things are, and what was meant, on %s', async (arch) => {
    const symbols = path.join(calamityImages, arch, 'calamity.elf');
    const table = await SymbolTable.open({ ...calamityPlan(arch).plan, symbols }, AMPLE());
    if (typeof table === 'string') expect.fail(table);
    expect(table.find('trace_ring_cpu1')).toEqual({ address: expect.any(BigInt), bytes: 0x4000 });
    expect(table.find('trace_rings_cpu1')).toBe(
      `${symbols} has no symbol "trace_rings_cpu1" (did you mean "trace_ring_cpu1"?)`,
    );
    expect(table.find('quux_of_nothing_alike')).toBe(`${symbols} has no symbol "quux_of_nothing_alike"`);
  });

  test('says why there is none', async () => {
    using scratch = new ScratchFolder();
    const open = (symbols: string) => SymbolTable.open({ ...calamityPlan('x86_64').plan, symbols }, AMPLE());
    expect(await open(scratch.at('none'))).toBe(`${scratch.at('none')} does not exist`);
    expect(await open(import.meta.filename)).toBe(`${import.meta.filename} is no ELF file`);
    expect(await open(path.join(calamityImages, 'aarch64/calamity.elf'))).toMatch(
      / is of another architecture than x86_64$/,
    );
  });
});
