import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { portTable } from '../evidence/port-table.ts';
import { DebugPorts } from './debug-ports.ts';

describe('what is written to the debug ports', () => {
  test('is kept in the order in which it came, whatever the port', () => {
    const ports = new DebugPorts();
    ports.push('post', Buffer.from([0x10]), 1);
    ports.push('e9', Buffer.from('conso'), 2);
    ports.push('post', Buffer.from([0x20, 0x40]), 3);
    ports.push('e9', Buffer.from('le\nhal'), 4);
    ports.push('402', Buffer.from('SeaBIOS\x1b[2J\n'), 1_500);
    ports.end('e9', 2_000);
    expect(portTable(ports).split('\n')).toEqual([
      '    0.001 s  0x80   0x10 firmware',
      '    0.003 s  0x80   0x20 bootloader',
      '    0.003 s  0x80   0x40 kernel',
      '    0.004 s  0xe9   console',
      '    1.500 s  0x402  SeaBIOS',
      '    2.000 s  0xe9   hal',
    ]);
  });

  test('tells of each code once, when it first comes', () => {
    const ports = new DebugPorts();
    ports.push('post', Buffer.from([0x10]), 1);
    const told: number[] = [];
    const stop = ports.subscribe(({ code }) => told.push(code));
    ports.push('post', Buffer.from([0x10, 0x20, 0x10, 0x20]), 2);
    stop();
    ports.push('post', Buffer.from([0x30]), 3);
    expect(told).toEqual([0x20]);
    expect(ports.codes.map(({ code, atMs }) => [code, atMs])).toEqual([
      [0x10, 1],
      [0x20, 2],
      [0x30, 3],
    ]);
  });

  test('a code that is written to pass the time is one entry', () => {
    const ports = new DebugPorts();
    for (let round = 0; round < 100; round++) ports.push('post', Buffer.alloc(1_000, 0x80), round);
    expect(portTable(ports)).toBe('    0.000 s  0x80   0x80 custom  (100000 times)');
  });

  test('is bounded, and says what is missing', () => {
    const ports = new DebugPorts();
    for (let round = 0; round < 35_000; round++) ports.push('post', Buffer.from([round % 2]), round);
    expect([ports.entries.length, ports.forgotten]).toEqual([10_000, 25_000]);
    expect(ports.entries.at(-1)).toMatchObject({ atMs: 34_999 });
    expect(portTable(ports).split('\n')[0]).toBe('[25000 entries before these are not kept]');
  });

  test('is the same however it is cut', () => {
    const bytes = Buffer.from('one\r\ntwo\n\nthree \xff\x00\nfour', 'latin1');
    const read = (cuts: readonly number[]) => {
      const ports = new DebugPorts();
      let from = 0;
      for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
        ports.push('402', bytes.subarray(from, cut), 0);
        from = cut;
      }
      ports.end('402', 0);
      return ports.entries;
    };
    const whole = read([]);
    expect(whole.map(({ text }) => text)).toEqual(['one', 'two', '', 'three \ufffd', 'four']);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        expect(read(cuts)).toEqual(whole);
      }),
    );
  });
});
