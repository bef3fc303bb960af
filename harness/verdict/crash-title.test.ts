import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { crashTitle } from './crash-title.ts';

describe('a crash’s title', () => {
  test.each([
    [
      '[    2.718281] Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b',
      'Kernel panic - not syncing: Attempted to kill init! exitcode=ADDR',
    ],
    ['PANIC on CPU 3: page fault at 0xffffffff81234567', 'PANIC on CPU: page fault at ADDR'],
    ['panic: cpu#12 spinlock held', 'panic: CPU spinlock held'],
    ['RIP 0010:ffffffff87238815 after 42 ticks', 'RIP N:ADDR after N ticks'],
    [
      "panicked at 'index out of bounds: 7', kernel/src/vfs.rs:118:9",
      "panicked at 'index out of bounds: N', kernel/src/vfs.rs:N:N",
    ],
    ['   EXCEPTION\tel1 sync   ', 'EXCEPTION el1 sync'],
    ['deadbeef defaced decade', 'deadbeef defaced decade'],
  ])('%j is %j', (line, title) => {
    expect(crashTitle(line)).toBe(title);
  });

  test('is one for two boots that differ in time, place and processor', () => {
    const first = crashTitle('[   12.000001] BUG: unable to handle page fault for address: ffff888003a1c000 on CPU 0');
    const second = crashTitle(
      '[    9.876543] BUG: unable to handle page fault for address: ffff88801f00d008 on CPU 11',
    );
    expect(first).toBe(second);
  });

  test('is not one for different causes', () => {
    expect(crashTitle('panic: double fault')).not.toBe(crashTitle('panic: stack overflow'));
  });

  test('is short and a single line, whatever a guest prints', () => {
    fc.assert(
      fc.property(hostileText, (line) => {
        const title = crashTitle(line);
        expect(title.length).toBeLessThanOrEqual(200);
        expect(title).not.toMatch(/\s{2}|^\s|\n/);
      }),
      { examples: [['x'.repeat(100_000)], [`cpu${' '.repeat(65_536)}`], [`panic: ${'0x1 '.repeat(10_000)}`]] },
    );
  });
});
