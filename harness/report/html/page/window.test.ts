import fc from 'fast-check';
import { expect, test } from 'vitest';
import { heightOf, scrollTopFor, windowAt } from './window.ts';

const scrollers = fc.record({
  rows: fc.nat(8_000_000),
  rowHeight: fc.integer({ min: 10, max: 50 }),
  viewHeight: fc.integer({ min: 100, max: 2_000 }),
});

test('what is seen is drawn, and not much more', () => {
  fc.assert(
    fc.property(scrollers, fc.double({ min: 0, max: 1, noNaN: true }), (scroller, part) => {
      const top = part * Math.max(0, heightOf(scroller) - scroller.viewHeight);
      const { first, end, offset } = windowAt(scroller, top);
      expect(end - first).toBeLessThan(scroller.viewHeight / scroller.rowHeight + 30);
      expect(first === 0 || offset <= top).toBe(true);
      expect(end === scroller.rows || offset + (end - first) * scroller.rowHeight >= top + scroller.viewHeight).toBe(
        true,
      );
    }),
  );
});

test('every row can be scrolled to, however many there are', () => {
  fc.assert(
    fc.property(scrollers, fc.nat(), (scroller, number) => {
      fc.pre(scroller.rows > 0);
      const row = number % scroller.rows;
      const top = Math.min(scrollTopFor(scroller, row), Math.max(0, heightOf(scroller) - scroller.viewHeight));
      const { first, end } = windowAt(scroller, top);
      expect(first <= row && row < end).toBe(true);
    }),
  );
});

test('no browser is asked for more pixels than it can draw', () => {
  expect(heightOf({ rows: 5_000_000, rowHeight: 18, viewHeight: 500 })).toBe(8_000_000);
  expect(heightOf({ rows: 10, rowHeight: 18, viewHeight: 500 })).toBe(180);
});
