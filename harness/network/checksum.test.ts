import fc from 'fast-check';
import { expect, test } from 'vitest';
import { internetChecksum } from './checksum.ts';

test('the example of RFC 1071 sums to ddf2', () => {
  expect(internetChecksum(Buffer.from('0001f203f4f5f6f7', 'hex'))).toBe(~0xddf2 & 0xffff);
});

test('a header of a real guest, with its checksum, comes out as 0', () => {
  expect(internetChecksum(Buffer.from('45000054275140004001fb470a00020f0a000202', 'hex'))).toBe(0);
});

test('an odd last byte counts as if a zero followed', () => {
  expect(internetChecksum(Buffer.from([0xab]))).toBe(internetChecksum(Buffer.from([0xab, 0])));
});

test('nothing sums to nothing', () => {
  expect(internetChecksum()).toBe(0xffff);
});

test('the sum is the same whichever even cut the bytes come in', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), fc.nat(), (bytes, at) => {
      const cut = Math.min(bytes.length, (at % (bytes.length + 1)) & ~1);
      expect(internetChecksum(bytes.subarray(0, cut), bytes.subarray(cut))).toBe(internetChecksum(bytes));
    }),
  );
});

test('any single changed bit shows', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 2, maxLength: 1500 }), fc.nat(), (bytes, at) => {
      const changed = bytes.slice();
      const index = at % bytes.length;
      changed[index] = (changed[index] ?? 0) ^ (1 << (at % 8));
      expect(internetChecksum(changed)).not.toBe(internetChecksum(bytes));
    }),
  );
});
