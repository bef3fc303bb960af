import { expect, test } from 'vitest';
import { interleave } from './interleave.ts';

test('contestants take turns, and none is always the first', async () => {
  const order: string[] = [];
  const contestant = (name: string) => async () => order.push(name);
  const samples = await interleave(3, { a: contestant('a'), b: contestant('b') });
  expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
  expect(samples).toEqual({ a: [1, 4, 5], b: [2, 3, 6] });
});

test('no rounds give no samples', async () => {
  expect(await interleave(0, { a: async () => 1 })).toEqual({ a: [] });
});
