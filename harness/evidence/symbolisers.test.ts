import { describe, expect, test } from 'vitest';
import { parseAddr2line, parseNm, withOffsets } from './addr2line.ts';
import { parseGdbSymbols } from './gdb-symbols.ts';
import { parseLlvmSymbolizer } from './llvm-symbolizer.ts';

const spinLock = [
  { function: 'cpu_relax', offset: undefined, file: 'arch/x86_64/instructions.h', line: 39 },
  { function: 'spin_lock', offset: 0x28, file: 'kernel/lock.c', line: 10 },
];

describe('llvm-symbolizer 14', () => {
  const answer =
    '{"Address":"0x101068","ModuleName":"calamity.elf","Symbol":[{"Column":5,"Discriminator":0,"FileName":"././arch/x86_64/instructions.h","FunctionName":"cpu_relax","Line":39,"StartAddress":"0x101068","StartFileName":"","StartLine":37},{"Column":9,"Discriminator":0,"FileName":"././kernel/lock.c","FunctionName":"spin_lock","Line":10,"StartAddress":"0x101040","StartFileName":"././kernel/lock.c","StartLine":7}]}';

  test('names what was inlined, and where the function begins that it is in', () => {
    expect(parseLlvmSymbolizer(answer)).toEqual(new Map([[0x101068n, spinLock]]));
  });

  test('answers several in an array, or on a line each', () => {
    const another = answer.replace('0x101068', '0x101069');
    expect([...parseLlvmSymbolizer(`${answer}\n${another}\n`).keys()]).toEqual([0x101068n, 0x101069n]);
    expect([...parseLlvmSymbolizer(`[${answer},${another}]`).keys()]).toEqual([0x101068n, 0x101069n]);
  });

  test('knows nothing of an address', () => {
    const nothing =
      '{"Address":"0x1","ModuleName":"x","Symbol":[{"Column":0,"Discriminator":0,"FileName":"","FunctionName":"","Line":0,"StartAddress":"","StartFileName":"","StartLine":0}]}';
    expect(parseLlvmSymbolizer(nothing).get(1n)).toEqual([
      { function: undefined, offset: undefined, file: undefined, line: undefined },
    ]);
  });

  test.each([
    '',
    "llvm-symbolizer: error: unknown argument '--output-style=JSON'",
    '{"Address":"0x0","Error":{"Message":"No such file or directory"},"ModuleName":"x"}',
    '{"Address":"zero","ModuleName":"x","Symbol":[]}',
    '[1, null]',
  ])('%j tells nothing', (output) => {
    expect(parseLlvmSymbolizer(output).size).toBe(0);
  });
});

describe('addr2line and nm', () => {
  const lines = [
    '0x0000000000101068',
    'cpu_relax',
    '././arch/x86_64/instructions.h:39',
    'spin_lock',
    '././kernel/lock.c:10 (discriminator 2)',
    '0x0000000040200000',
    '$x.0',
    '././arch/aarch64/entry.S:15',
    '0x000000007fff0000',
    '??',
    '??:0',
    '',
  ].join('\n');
  const functions = [
    '0000000040200000 t image_start',
    '0000000040200000 t $x.0',
    '0000000000101040 000000000000002c T spin_lock',
    '0000000000101080 0000000000000018 T spin_lock_irqsave',
    '0000000000140000 B bss_end',
  ].join('\n');

  test('tell together what one of them alone does not', () => {
    const named = withOffsets(parseAddr2line(lines), parseNm(functions));
    expect(named.get(0x101068n)).toEqual(spinLock);
    expect(named.get(0x40200000n)).toEqual([
      { function: 'image_start', offset: 0, file: 'arch/aarch64/entry.S', line: 15 },
    ]);
  });

  test('do not name what lies behind the end of a function', () => {
    const [behind] = withOffsets(parseAddr2line('0x101070\n??\n??:0\n'), parseNm(functions)).values();
    expect(behind).toEqual([{ function: undefined, offset: undefined, file: undefined, line: undefined }]);
  });

  test.each(['', 'addr2line: kernel: file format not recognized', 'spin_lock\n'])('%j tells nothing', (output) => {
    expect(parseAddr2line(output).size).toBe(0);
    expect(parseNm(output)).toEqual([]);
  });
});

describe('gdb', () => {
  test('names the function and the line', () => {
    const answer = [
      '',
      '@0x102f04',
      'ext2_rename + 4 in section .text',
      'Line 79 of "./kernel/words/locks.c" starts at address 0x102f04 <ext2_rename+4> and ends at 0x102f10 <ext2_rename+16>.',
      '',
      '@0x101040',
      '<t::ext2::Fs<T> as t::ext2::Mount>::mount in section .text of /k/kernel.elf',
      'No line number information available for address 0x101040 <spin_lock>',
      '',
      '@0x7fff0000',
      'No symbol matches 0x7fff0000.',
      'No line number information available for address 0x7fff0000',
    ].join('\n');
    expect(parseGdbSymbols(answer)).toEqual(
      new Map([
        [0x102f04n, [{ function: 'ext2_rename', offset: 4, file: 'kernel/words/locks.c', line: 79 }]],
        [
          0x101040n,
          [{ function: '<t::ext2::Fs<T> as t::ext2::Mount>::mount', offset: 0, file: undefined, line: undefined }],
        ],
        [0x7fff0000n, []],
      ]),
    );
  });

  test('says nothing when it does not start', () => {
    expect(parseGdbSymbols('').size).toBe(0);
  });
});
