import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventFilter } from './event-filter.ts';
import type { TracedEvent } from './traced-event.ts';

const INT_LOGS = path.join(import.meta.dirname, '../../../fixtures/logs/int/x86_64');
const interrupts = readFileSync(path.join(INT_LOGS, 'user-fault.log'), 'latin1').split('=== log ===\n')[1] ?? '';

const NAMES = ['pci_cfg_read', 'pci_cfg_write', 'dma_blk_io', 'dma_blk'];

function filter(text: string, cuts: readonly number[] = [], names: readonly string[] = NAMES) {
  const events: TracedEvent[] = [];
  const reader = new EventFilter((event) => events.push(event));
  reader.expect(names);
  const bytes = Buffer.from(text, 'latin1');
  const rest: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.filter((cut) => cut <= bytes.length), bytes.length].sort((a, b) => a - b)) {
    rest.push(reader.push(bytes.subarray(from, cut)));
    from = cut;
  }
  rest.push(reader.end());
  return { events, rest: Buffer.concat(rest).toString('latin1') };
}

describe('the filter of trace events', () => {
  test('takes events out from between the lines, and of the middle of one', () => {
    const { events, rest } = filter(
      [
        'pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086',
        '     1: v=20 e=0000 i=0 cpl=0 SP=0010:00127f80dma_blk_io dbs=0x1 bs=0x2 offset=0 to_dev=0',
        ' env->regs[R_EAX]=1',
        'RAX=0000000000000001',
        '',
      ].join('\n'),
    );
    expect(events).toEqual([
      { name: 'pci_cfg_read', args: 'mch 00:00.0 @0x0 -> 0x29c08086' },
      { name: 'dma_blk_io', args: 'dbs=0x1 bs=0x2 offset=0 to_dev=0' },
    ]);
    expect(rest).toBe('     1: v=20 e=0000 i=0 cpl=0 SP=0010:00127f80 env->regs[R_EAX]=1\nRAX=0000000000000001\n');
  });

  test('knows an event with no arguments, and one with a time before it', () => {
    expect(filter('input_event_sync \n77@1700000000.250000:dma_blk 1\n', [], ['input_event_sync', 'dma_blk'])).toEqual({
      events: [
        { name: 'input_event_sync', args: '' },
        { name: 'dma_blk', args: '1', atMs: 1_700_000_000_250 },
      ],
      rest: '',
    });
  });

  test('leaves alone what it does not expect', () => {
    const text = 'ps2_put_keycode 0x1 keycode 0x34\npci_cfg_reads 1\n';
    expect(filter(text)).toEqual({ events: [], rest: text });
  });

  test('does not wait for the end of a line that has none', () => {
    const reader = new EventFilter(() => {});
    reader.expect(NAMES);
    expect(reader.push(Buffer.alloc(100_000, 'x'))).toHaveLength(100_000);
  });

  test('restores the log of interrupts to the byte, wherever events stand in it and however it is cut', () => {
    const spot = fc.nat({ max: interrupts.length });
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ at: spot, name: fc.constantFrom(...NAMES), args: fc.stringMatching(/^[a-z0-9=@ .-]{0,20}$/) }),
        ),
        fc.array(fc.nat({ max: interrupts.length + 500 }), { maxLength: 8 }),
        (inserted, cuts) => {
          const sorted = [...inserted].sort((a, b) => a.at - b.at);
          let text = '';
          let from = 0;
          for (const { at, name, args } of sorted) {
            text += `${interrupts.slice(from, at)}${name} ${args}\n`;
            from = at;
          }
          const { events, rest } = filter(text + interrupts.slice(from), cuts);
          expect(rest).toBe(interrupts);
          expect(events.map(({ name }) => name)).toEqual(sorted.map(({ name }) => name));
        },
      ),
    );
  });
});
