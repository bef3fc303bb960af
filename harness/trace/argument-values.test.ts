import { expect, test } from 'vitest';
import { ArgumentValues } from './argument-values.ts';

function valuesOf(values: readonly bigint[]): ArgumentValues {
  const counted = new ArgumentValues();
  for (const value of values) counted.add(value);
  return counted;
}

test('values are counted, the most frequent first', () => {
  expect(valuesOf([3n, 1n, 3n, 0n, 3n, 1n]).read()).toMatchObject({
    times: 6,
    values: [
      { value: 3n, times: 3 },
      { value: 1n, times: 2 },
      { value: 0n, times: 1 },
    ],
    others: 0,
    least: 0n,
    greatest: 3n,
  });
});

test('of many values, some are kept, and of all how large they are', () => {
  const many = Array.from({ length: 1_000 }, (_, index) => 0xffff_8880_0000_0000n + BigInt(index * 64));
  const { times, values, others, least, greatest, widths } = valuesOf([0n, 1n, ...many]).read();
  expect(times).toBe(1_002);
  expect(values.length).toBeLessThan(100);
  expect(values.length + others).toBe(1_002);
  expect([least, greatest]).toEqual([0n, many.at(-1)]);
  expect([widths[0], widths[1], widths[64]]).toEqual([1, 1, 1_000]);
  expect(widths.reduce((sum, count) => sum + count, 0)).toBe(1_002);
});

test('what is taken back was never there', () => {
  const counted = valuesOf([1n, 2n]);
  counted.add(2n, -1);
  expect(counted.read()).toMatchObject({ times: 1, values: [{ value: 1n, times: 1 }], others: 0 });
});
