import { describe, expect, test } from 'vitest';
import { tallyOf, tallyOfLog } from '../../testing/tally-of.ts';

describe('what a guest reads of PCI', () => {
  test('is what the machine has, as its monitor said when the log was recorded', () => {
    const { functions } = tallyOfLog('x86_64/boot-and-key.log').pci;
    expect(
      functions.map(({ bus, device, function: fn, vendorId, deviceId, classCode }) => [
        [bus, device, fn],
        [vendorId, deviceId, classCode],
      ]),
    ).toEqual([
      [
        [0, 0, 0],
        [0x8086, 0x29c0, 0x0600],
      ],
      [
        [0, 1, 0],
        [0x1b36, 0x0010, 0x0108],
      ],
      [
        [0, 31, 0],
        [0x8086, 0x2918, 0x0601],
      ],
      [
        [0, 31, 2],
        [0x8086, 0x2922, 0x0106],
      ],
      [
        [0, 31, 3],
        [0x8086, 0x2930, 0x0c05],
      ],
    ]);
    expect(functions.map(({ name, className }) => [name, className])).toContainEqual(['nvme', 'NVMe controller']);
  });

  test('is read through ECAM as well', () => {
    const { functions } = tallyOfLog('aarch64/linux-disks.log').pci;
    expect(functions).toMatchObject([
      { bus: 0, device: 0, function: 0, vendorId: 0x1b36, deviceId: 0x0008, className: 'host bridge' },
      { bus: 0, device: 1, function: 0, vendorId: 0x1af4, deviceId: 0x1001, className: 'SCSI controller' },
      { bus: 0, device: 2, function: 0, vendorId: 0x1b36, deviceId: 0x0010, className: 'NVMe controller' },
    ]);
  });

  test('is read as QEMU 2.5 wrote it, in seed 002', () => {
    const { functions } = tallyOf([
      'pci_cfg_read i440FX 00:0 @0x0 -> 0x12378086',
      'pci_cfg_read i440FX 00:0 @0x8 -> 0x6000002',
      'pci_cfg_read PIIX4_PM 01:3 @0x0 -> 0x71138086',
      'pci_cfg_read PIIX4_PM 01:3 @0x8 -> 0x6800003',
      'pci_cfg_read VGA 02:0 @0x0 -> 0x11111234',
    ]).pci;
    expect(functions).toMatchObject([
      { device: 0, function: 0, deviceId: 0x1237, className: 'host bridge', revision: 2, reads: 2 },
      { device: 1, function: 3, deviceId: 0x7113, className: 'bridge', revision: 3 },
      { device: 2, function: 0, name: 'VGA', vendorId: 0x1234, deviceId: 0x1111 },
    ]);
    expect(functions[0]).not.toHaveProperty('bus');
    expect(functions[2]).not.toHaveProperty('classCode');
  });

  test.each([
    ['dwords', ['0x0 -> 0x29c08086', '0x8 -> 0x6000002']],
    ['words', ['0x0 -> 0x8086', '0x2 -> 0x29c0', '0x8 -> 0x2', '0xa -> 0x600']],
    [
      'bytes',
      [
        '0x0 -> 0x86',
        '0x1 -> 0x80',
        '0x2 -> 0xc0',
        '0x3 -> 0x29',
        '0x8 -> 0x2',
        '0x9 -> 0x0',
        '0xa -> 0x0',
        '0xb -> 0x6',
      ],
    ],
  ])('may be read in %s', (_, reads) => {
    const { functions } = tallyOf(reads.map((read) => `pci_cfg_read mch 00:00.0 @${read}`)).pci;
    expect(functions).toMatchObject([
      { vendorId: 0x8086, deviceId: 0x29c0, classCode: 0x0600, revision: 2, reads: reads.length },
    ]);
  });

  test('is not what a single byte of it would be', () => {
    const { functions } = tallyOf([
      'pci_cfg_read mch 00:00.0 @0x0 -> 0x86',
      'pci_cfg_read mch 00:00.0 @0xa -> 0x0',
    ]).pci;
    expect(functions).toEqual([{ bus: 0, device: 0, function: 0, name: 'mch', reads: 2, writes: 0 }]);
  });

  test('has the command register as it was written last', () => {
    const { functions } = tallyOf([
      'pci_cfg_read nvme 00:01.0 @0x4 -> 0x100000',
      'pci_cfg_write nvme 00:01.0 @0x4 <- 0x6',
      'pci_cfg_write nvme 00:01.0 @0x10 <- 0xffffffff',
    ]).pci;
    expect(functions).toMatchObject([{ command: 6, reads: 1, writes: 2 }]);
  });

  test('may be nothing, where there is no device', () => {
    expect(tallyOf(['pci_cfg_read empty 00:05.0 @0x0 -> 0xffffffff']).pci).toEqual({
      functions: [],
      emptyReads: 1,
      forgotten: 0,
    });
  });

  test('is bounded', () => {
    const hex = (value: number) => value.toString(16).padStart(2, '0');
    const lines = Array.from(
      { length: 5_000 },
      (_, at) => `pci_cfg_read d ${hex(at >> 8)}:${hex((at >> 3) & 31)}.${at & 7} @0x0 -> 0x1`,
    );
    const { functions, forgotten } = tallyOf(lines).pci;
    expect([functions.length, forgotten]).toEqual([4_096, 904]);
  });
});
