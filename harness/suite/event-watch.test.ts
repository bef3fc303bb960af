import { describe, expect, test } from 'vitest';
import { EventCount, patternsOf } from './event-watch.ts';
import type { ExpectedEvents } from './plan.ts';

function complaintOf(expected: ExpectedEvents, events: readonly (readonly [string, string])[]): string | undefined {
  const count = new EventCount(expected);
  for (const [name, args] of events) count.take({ name, args });
  return count.complaint;
}

const READ = ['dma_blk_io', 'dbs=0x1 bs=0x2 offset=16384 to_dev=0'] as const;
const WRITE = ['dma_blk_io', 'dbs=0x1 bs=0x2 offset=0 to_dev=1'] as const;

describe('what is expected of trace events', () => {
  test.each<[string, ExpectedEvents]>([
    ['nothing', { pattern: 'dma_blk_io' }],
    ['so many at least', { pattern: 'dma_blk_io', min: 2 }],
    ['so many at most', { pattern: 'dma_blk_io', max: 2 }],
    ['none of another', { pattern: 'pci_cfg_*', max: 0 }],
    ['one with an argument', { pattern: 'dma_*', min: 1, max: 1, matching: /offset=16384 to_dev=0/ }],
  ])('holds: %s', (_, expected) => {
    expect(complaintOf(expected, [READ, WRITE])).toBeUndefined();
  });

  test.each<[string, ExpectedEvents]>([
    ['the trace event dma_blk_io came 2 times, expected at least 3', { pattern: 'dma_blk_io', min: 3 }],
    ['the trace event dma_* came 2 times, expected at most 1', { pattern: 'dma_*', max: 1 }],
    ['the trace event pci_cfg_read came 0 times, expected at least 1', { pattern: 'pci_cfg_read', min: 1 }],
    [
      'the trace event dma_blk_io with /offset=512 / came 0 times, expected at least 1; without that it came 2 times, the last: dma_blk_io dbs=0x1 bs=0x2 offset=0 to_dev=1',
      { pattern: 'dma_blk_io', min: 1, matching: /offset=512 / },
    ],
    [
      'the trace event dma_blk_io with /to_dev=1/ came once, expected at least 2; without that it came once, the last: dma_blk_io dbs=0x1 bs=0x2 offset=16384 to_dev=0',
      { pattern: 'dma_blk_io', min: 2, matching: /to_dev=1/ },
    ],
  ])('does not hold: %s', (complaint, expected) => {
    expect(complaintOf(expected, [READ, WRITE])).toBe(complaint);
  });

  test('may use a pattern that remembers where it was', () => {
    expect(complaintOf({ pattern: 'dma_blk_io', min: 2, matching: /offset/g }, [READ, WRITE])).toBeUndefined();
  });

  test('switches each pattern on once', () => {
    expect(patternsOf([{ pattern: 'a_b' }, { pattern: 'a_b', min: 1 }, { pattern: 'c_*' }])).toEqual(['a_b', 'c_*']);
  });
});
