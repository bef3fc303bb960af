import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventLogReader } from './event-log.ts';
import type { TracedEvent } from './traced-event.ts';

const LOGS = path.join(import.meta.dirname, '../../../fixtures/logs');

function read(text: string | Buffer, cuts: readonly number[] = []) {
  const events: TracedEvent[] = [];
  const reader = new EventLogReader((event) => events.push(event));
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  let from = 0;
  for (const cut of [...cuts.filter((cut) => cut <= bytes.length), bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
  }
  reader.end();
  return { events, otherLines: reader.otherLines, broken: reader.broken };
}

const names = ({ events }: ReturnType<typeof read>) => events.map(({ name }) => name);

function recorded(name: string): { header: string; log: string } {
  const [header = '', log = ''] = readFileSync(path.join(LOGS, name), 'latin1').split('=== log ===\n');
  return { header, log };
}

describe('a log of trace events', () => {
  test('is read as its header says', () => {
    const { header, log } = recorded('events/x86_64/boot-and-key.log');
    const told = read(log);
    for (const name of ['pci_cfg_read', 'pci_cfg_write', 'ps2_put_keycode']) {
      const count = Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(header)?.[1]);
      expect(names(told).filter((each) => each === name)).toHaveLength(count);
    }
    expect(told).toMatchObject({ otherLines: 0, broken: 0 });
  });

  test('is found among interrupts', () => {
    const { header, log } = recorded('events/x86_64/key-among-interrupts.log');
    const told = read(log);
    expect(told.events).toHaveLength(Number(/^events: (\d+)$/m.exec(header)?.[1]));
    expect(told.broken).toBe(0);
    expect(told.otherLines).toBeGreaterThan(50);
  });

  test.each([
    ['CRLF', 'pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086\r\n'],
    ['a bus that is not told, as before QEMU 7.1', 'pci_cfg_read i440FX 00:0 @0x0 -> 0x12378086\n'],
    ['a time', '4711@1605010000.123456:pci_cfg_read PIIX3 01:0 @0x8 -> 0x6010000\n'],
    ['the prefix of a logger', 'Nov 10 12:00:00 host qemu[12]: pci_cfg_read VGA 00:02.0 @0x3c -> 0x0\n'],
    ['the beginning of a record before it', ' 1: v=20 SP=0010:00127d38pci_cfg_read mch 00:00.0 @0x0 -> 0x8086\n'],
  ])('may have %s', (_, line) => {
    expect(names(read(line))).toEqual(['pci_cfg_read']);
  });

  test('counts what nobody types when it looks like an event', () => {
    expect(read('virtio_notify vdev 0x5 vq 0x6\ninput_event_sync \nloadvm_state_cleanup\n').events).toEqual([
      { name: 'virtio_notify', args: 'vdev 0x5 vq 0x6' },
      { name: 'input_event_sync', args: '' },
      { name: 'loadvm_state_cleanup', args: '' },
    ]);
  });

  test.each([
    'check_exception old: 0xffffffff new 0xe',
    'pl011_read: Bad offset 4',
    'my_driver is loaded and well',
    'init: reading the log',
    'Trace 0: 0x7f [0/1/2/3]',
    'qemu-system-x86_64: warning: 1 of 2',
    '_start 1',
    'see pci_cfg_read for that 1',
  ])('invents nothing from %j', (line) => {
    expect(read(`${line}\n`)).toEqual({ events: [], otherLines: 1, broken: 0 });
  });

  test.each([
    'pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086f',
    'pci_cfg_read mch 00:20.0 @0x0 -> 0x0',
    'pci_cfg_read mch 00:00.0 @0x0',
    'ps2_put_keycode 0x5 keycode',
    'dma_blk_io dbs=0x1 bs=0x2 offset=99999999999999999 to_dev=0',
    'dma_blk_io dbs=0x1 bs=0x2 offset=-1 to_dev=0',
  ])('says that %j is broken', (line) => {
    expect(read(`${line}\n`)).toEqual({ events: [], otherLines: 0, broken: 1 });
  });

  test('that ends in the middle of a line ends before it: a number cut short is another number', () => {
    const log = 'dma_blk_io dbs=0x1 bs=0x2 offset=0 to_dev=0\npci_cfg_read mch 00:00.0 @0x0 -> 0x29c0';
    expect(read(log)).toMatchObject({ broken: 1 });
    expect(names(read(log))).toEqual(['dma_blk_io']);
  });

  test('without an end of its line is bounded, and what follows is read', () => {
    const { events, otherLines } = read(`pci_cfg_read ${'x'.repeat(20_000_000)}\nvirtio_notify 1\n`);
    expect([events.map(({ name }) => name), otherLines]).toEqual([['virtio_notify'], 1]);
  });

  test('of no kind holds no event: interrupts alone, or bytes', () => {
    expect(read(recorded('int/x86_64/user-fault.log').log).events).toEqual([]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => read(Buffer.from(bytes)).events.length === 0));
  });

  test('gives the same however it is cut', () => {
    const { log } = recorded('events/x86_64/key-among-interrupts.log');
    const whole = read(log);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: log.length }), { maxLength: 10 }), (cuts) => {
        expect(read(log, cuts)).toEqual(whole);
      }),
    );
  });

  test('cut anywhere, tells nothing that the whole one does not', () => {
    const { log } = recorded('events/x86_64/boot-and-key.log');
    const whole = read(log).events;
    fc.assert(
      fc.property(fc.nat({ max: log.length }), (length) => {
        const { events } = read(log.slice(0, length));
        expect(events).toEqual(whole.slice(0, events.length));
      }),
    );
  });
});
