import fc from 'fast-check';
import { expect, test } from 'vitest';
import { advance, distance } from './sequence.ts';

const sequence = fc.integer({ min: 0, max: 0xffff_ffff });
const step = fc.integer({ min: -0x7fff_ffff, max: 0x7fff_ffff });

test('moving and measuring agree across the wrap', () => {
  fc.assert(
    fc.property(sequence, step, (from, count) => {
      expect(distance(from, advance(from, count))).toBe(count);
      expect(advance(from, count)).toBeGreaterThanOrEqual(0);
      expect(advance(from, count)).toBeLessThan(2 ** 32);
    }),
  );
});

test('the number after the last one is 0', () => {
  expect(advance(0xffff_ffff, 1)).toBe(0);
  expect(distance(0xffff_ffff, 0)).toBe(1);
  expect(distance(0, 0xffff_ffff)).toBe(-1);
});
