import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readField } from './record-layout.ts';

const bytes = Buffer.from([0xff, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x87, 0x41, 0x42, 0x00, 0x43]);

describe('a field', () => {
  test.each([
    ['u8', 'little', 0xff],
    ['i8', 'little', -1],
    ['u16', 'little', 0x01ff],
    ['u16', 'big', 0xff01],
    ['i16', 'big', -255],
    ['u32', 'little', 0x030201ff],
    ['u32', 'big', 0xff010203],
    ['i32', 'big', -16_711_165],
    ['u64', 'little', 0x87060504030201ffn],
    ['i64', 'little', BigInt.asIntN(64, 0x87060504030201ffn)],
    ['u64', 'big', 0xff01020304050687n],
  ] as const)('of type %s, %s-endian', (type, endian, value) => {
    expect(readField(bytes, { at: 0, type }, endian)).toBe(value);
  });

  test('that is a text ends with its NUL, or where it must', () => {
    expect(readField(bytes, { at: 8, type: 'text', bytes: 4 }, 'little')).toBe('AB');
    expect(readField(bytes, { at: 8, type: 'text', bytes: 2 }, 'little')).toBe('AB');
    expect(readField(bytes, { at: 10, type: 'text', bytes: 2 }, 'little')).toBe('');
  });

  test('is what Node reads', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 8 }), (array) => {
        const record = Buffer.from(array);
        expect(readField(record, { at: 0, type: 'i64' }, 'big')).toBe(record.readBigInt64BE());
        expect(readField(record, { at: 4, type: 'i32' }, 'little')).toBe(record.readInt32LE(4));
        expect(readField(record, { at: 6, type: 'i16' }, 'big')).toBe(record.readInt16BE(6));
      }),
    );
  });
});
