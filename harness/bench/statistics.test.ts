import { expect, test } from 'vitest';
import { pairedRatios, spreadOf } from './statistics.ts';

test('the median of an odd number of samples is the one in the middle, whatever their order', () => {
  expect(spreadOf([30, 10, 20])).toEqual({ min: 10, median: 20, max: 30 });
});

test('the median of an even number of samples lies between the two in the middle', () => {
  expect(spreadOf([40, 10, 20, 30])).toEqual({ min: 10, median: 25, max: 40 });
});

test('one sample is all three', () => {
  expect(spreadOf([7])).toEqual({ min: 7, median: 7, max: 7 });
});

test('numbers are ordered as numbers', () => {
  expect(spreadOf([9, 100, 20])).toEqual({ min: 9, median: 20, max: 100 });
});

test('no samples have no spread', () => {
  expect(() => spreadOf([])).toThrow(RangeError);
});

test('each sample is compared with the one beside it, and one without is left out', () => {
  expect(pairedRatios([10, 30, 50], [20, 20])).toEqual([0.5, 1.5]);
});
