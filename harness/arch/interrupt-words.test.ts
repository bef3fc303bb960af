import { describe, expect, test } from 'vitest';
import { armInterruptWords } from './aarch64-interrupt-words.ts';
import { x86InterruptWords } from './x86_64-interrupt-words.ts';

describe('x86-64 error codes', () => {
  test.each([
    [14, 0x0n, 'read of a page that is not present, in supervisor mode'],
    [14, 0x2n, 'write to a page that is not present, in supervisor mode'],
    [14, 0x7n, 'write to a page that forbids it, in user mode'],
    [14, 0x15n, 'instruction fetch from a page that forbids it, in user mode'],
    [14, 0x9n, 'read of a page whose entry has reserved bits set, in supervisor mode'],
    [13, 0x102n, 'IDT entry 0x20'],
    [13, 0x1bn, 'IDT entry 0x3, in the delivery of another event'],
    [13, 0x28n, 'GDT entry 0x5'],
    [13, 0x0n, undefined],
    [6, 0x0n, undefined],
  ])('vector %i, %i: %s', (vector, errorCode, says) => {
    expect(x86InterruptWords.describeError({ class: 'page-fault', vector, errorCode })).toBe(says);
  });
});

describe('ESR', () => {
  test.each([
    [0x56000000n, 'SVC #0'],
    [0x92000047n, 'data abort from a lower level: translation fault, level 3, on a write'],
    [0x96000005n, 'data abort: translation fault, level 1, on a read'],
    [0x9600004fn, 'data abort: permission fault, level 3, on a write'],
    [0x96000021n, 'data abort: alignment fault, on a read'],
    [0x96000147n, 'data abort: translation fault, level 3, on cache maintenance'],
    [0x86000006n, 'instruction abort: translation fault, level 2'],
    [0x9a000000n, 'SP is misaligned'],
    [0x02000000n, 'unknown reason'],
  ])('%i: %s', (errorCode, says) => {
    expect(armInterruptWords.describeError({ class: 'page-fault', errorCode })).toBe(says);
  });
});

test('vectors are read as the logs spell them', () => {
  expect(['0e', '0x80', 'FF', '100', 'timer'].map(x86InterruptWords.parseVector)).toEqual([
    14,
    128,
    255,
    undefined,
    undefined,
  ]);
  expect(['4', '0x4', 'IRQ'].map(armInterruptWords.parseVector)).toEqual([4, undefined, undefined]);
});

test('registers are read from a dump, segments by their selectors', () => {
  const raw =
    'RAX=0000000000000001 R8 =0000000000000002\nCS =0033 0000000000000000 ffffffff 00a0fb00 DPL=3\nRFL=00000246 [---Z-P-]';
  expect(x86InterruptWords.registersIn(raw)).toEqual([
    { name: 'RAX', value: 1n },
    { name: 'R8', value: 2n },
    { name: 'CS', value: 0x33n },
    { name: 'RFL', value: 0x246n },
  ]);
});
