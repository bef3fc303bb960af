import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type PortLog, PortLogReader } from './hypervisor-port-log.ts';

const seconds = (text: string, code = '0x40') =>
  `cloud-hypervisor: 19.762449ms: DEBUG:vmm/src/vm.rs:510 -- [Debug I/O port: Kernel code ${code}] ${text} seconds`;

function read(text: string | Buffer, cuts: readonly number[] = []): PortLog {
  const bytes = Buffer.from(text);
  const reader = new PortLogReader();
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, cut));
    from = cut;
  }
  return reader.end();
}

const told = ({ boots }: PortLog) => boots.map(({ codes }) => codes.map(({ code, atMs }) => [code, atMs]));

describe("cloud-hypervisor's log", () => {
  test('is read as its documentation shows it', () => {
    const log = read(
      [
        'cloud-hypervisor: 19.762449ms: DEBUG:vmm/src/vm.rs:510 -- [Debug I/O port: Firmware code 0x0] 0.019004 seconds',
        'cloud-hypervisor: 403.499628ms: DEBUG:vmm/src/vm.rs:510 -- [Debug I/O port: Firmware code 0x1] 0.402744 seconds',
        '',
      ].join('\r\n'),
    );
    expect(log).toMatchObject({ moreBoots: 0, broken: 0 });
    expect(log.boots.map(({ codes, writes }) => ({ codes, writes }))).toEqual([
      {
        codes: [
          { code: 0, range: 'firmware', atMs: 19.004 },
          { code: 1, range: 'firmware', atMs: 402.744 },
        ],
        writes: 2,
      },
    ]);
  });

  test.each([
    ['0.000007', 0.007],
    ['0.999999', 999.999],
    ['1.1402744', 1_402.744],
    ['12.12402744', 12_402.744],
    ['1.402744', 1_402.744],
    ['10.000001', 10_000.001],
  ])('the seconds are what was meant: %s', (text, atMs) => {
    expect(told(read(`${seconds(text)}\n`))).toEqual([[[0x40, atMs]]]);
  });

  test('a code counts when it first comes; a time that goes back is another boot', () => {
    const log = read(
      [
        seconds('0.100000', '0x40'),
        seconds('0.200000', '0x41'),
        seconds('0.300000', '0x40'),
        seconds('0.050000', '0x40'),
      ].join('\n'),
    );
    expect(told(log)).toEqual([
      [
        [0x40, 100],
        [0x41, 200],
      ],
      [[0x40, 50]],
    ]);
    expect(log.boots.map(({ writes }) => writes)).toEqual([3, 1]);
  });

  test('vCPUs that overtake each other by a hair are in one boot', () => {
    expect(told(read(`${seconds('0.100020', '0x40')}\n${seconds('0.100010', '0x41')}\n`))).toEqual([
      [
        [0x41, 100.01],
        [0x40, 100.02],
      ],
    ]);
  });

  test('a record that is cut short is told, not guessed', () => {
    const whole = seconds('0.402744');
    for (let length = whole.indexOf('[') + 17; length < whole.length - ' seconds'.length; length++)
      expect(read(whole.slice(0, length))).toEqual({ boots: [], moreBoots: 0, broken: 1 });
    expect(told(read(whole))).toEqual([[[0x40, 402.744]]]);
  });

  test('boots without end are counted', () => {
    const times = Array.from({ length: 200 }, (_, boot) => seconds(`${300 - boot}.000000`));
    const log = read(times.join('\n'));
    expect([log.boots.length, log.moreBoots]).toEqual([100, 100]);
  });

  test('says the same however it is cut, and nothing of what is beside it', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 0xff, 0x5b, 0x44]),
      Buffer.from(`noise [Debug I/O port: [Debug I/O port: Kernel code 0x4] x\n${seconds('0.1')}\r\n[Debug I/O\n`),
      Buffer.from(`${seconds('0.200000', '0x60')}${seconds('3.3000000', '0xff')}\n[Debug I/O port: Ker`),
    ]);
    const whole = read(bytes);
    expect(told(whole)).toEqual([
      [
        [0x40, 100],
        [0x60, 200],
        [0xff, 3_000],
      ],
    ]);
    expect(whole.broken).toBe(3);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), (cuts) => {
        expect(JSON.stringify(read(bytes, cuts))).toBe(JSON.stringify(whole));
        expect(told(read(bytes, cuts))).toEqual(told(whole));
      }),
    );
  });

  test('nothing is found in what is nothing of the kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        expect(read(Buffer.from(bytes))).toEqual({ boots: [], moreBoots: 0, broken: 0 });
      }),
    );
  });
});
