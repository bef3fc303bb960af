import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { elfMachineOf } from './arch.ts';

/** The first 20 bytes of an ELF file. */
function elfHead(machine: number, byteOrder: 'little' | 'big'): Buffer {
  const head = Buffer.alloc(20);
  head.set([0x7f, 0x45, 0x4c, 0x46, 2, byteOrder === 'little' ? 1 : 2, 1]);
  if (byteOrder === 'little') head.writeUInt16LE(machine, 18);
  else head.writeUInt16BE(machine, 18);
  return head;
}

describe('elfMachineOf', () => {
  test.each(['little', 'big'] as const)('reads e_machine of a %s-endian file', (byteOrder) => {
    expect(elfMachineOf(elfHead(183, byteOrder))).toBe(183);
  });

  test('is undefined where the file ends before e_machine', () => {
    expect(elfMachineOf(elfHead(62, 'little').subarray(0, 19))).toBeUndefined();
  });

  test('is undefined for whatever does not begin with ELF’s magic number', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        fc.pre(bytes[0] !== 0x7f);
        expect(elfMachineOf(Buffer.from(bytes))).toBeUndefined();
      }),
    );
  });
});
