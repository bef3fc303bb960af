import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PostCode, postRangeOf, rangeTimes } from './post-codes.ts';

const codes = (...written: [code: number, atMs: number][]): PostCode[] =>
  written.map(([code, atMs]) => ({ code, range: postRangeOf(code), atMs }));

test.each([
  [0x00, 0x1f, 'firmware'],
  [0x20, 0x3f, 'bootloader'],
  [0x40, 0x5f, 'kernel'],
  [0x60, 0x7f, 'userspace'],
  [0x80, 0xff, 'custom'],
])('the codes from %i to %i are of one range: %s', (first, last, range) => {
  for (let code = first; code <= last; code++) expect(postRangeOf(code)).toBe(range);
});

test('a range takes from each of its codes to the next code', () => {
  expect(rangeTimes(codes([0x10, 100], [0x20, 130], [0x21, 150], [0x40, 200], [0x60, 900]))).toEqual([
    { range: 'firmware', atMs: 100, tookMs: 30 },
    { range: 'bootloader', atMs: 130, tookMs: 70 },
    { range: 'kernel', atMs: 200, tookMs: 700 },
    { range: 'userspace', atMs: 900, tookMs: 0 },
  ]);
});

test('a range that is come back to goes on', () => {
  expect(rangeTimes(codes([0x40, 100], [0x10, 150], [0x41, 160], [0x60, 260]))).toEqual([
    { range: 'kernel', atMs: 100, tookMs: 150 },
    { range: 'firmware', atMs: 150, tookMs: 10 },
    { range: 'userspace', atMs: 260, tookMs: 0 },
  ]);
});

test('whatever is written, the ranges together take from the first code to the last', () => {
  const written = fc.array(fc.tuple(fc.integer({ min: 0, max: 0xff }), fc.integer({ min: 0, max: 1_000_000 })));
  fc.assert(
    fc.property(written, (pairs) => {
      const times = pairs.map(([, atMs]) => atMs);
      const all = pairs.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
      expect(rangeTimes(codes(...pairs)).reduce((sum, { tookMs }) => sum + tookMs, 0)).toBe(all);
    }),
  );
});
