import { test } from 'twinboot';
import { expect } from 'vitest';

/** As QEMU's monitor answers `query-pci`. */
interface PciBus {
  readonly devices: readonly {
    readonly bus: number;
    readonly slot: number;
    readonly function: number;
    readonly id: { readonly vendor: number; readonly device: number };
    readonly class_info: { readonly class: number };
  }[];
}

const hex = (value: number | undefined, digits: number) => (value ?? 0).toString(16).padStart(digits, '0');

/** `00:1f.2 8086:2922 0106` */
const line = (bus: number | undefined, slot: number, fn: number, vendor?: number, device?: number, code?: number) =>
  `${hex(bus, 2)}:${hex(slot, 2)}.${fn} ${hex(vendor, 4)}:${hex(device, 4)} ${hex(code, 4)}`;

test('what the guest reads of PCI is what the machine has', async ({ machine }) => {
  const { pci } = await machine.trace(['pci_cfg_*'], () => machine.run('cat /sys/bus/pci/devices/*/config >/dev/null'));
  const read = pci.functions.map(({ bus, device, function: fn, vendorId, deviceId, classCode }) =>
    line(bus, device, fn, vendorId, deviceId, classCode),
  );
  const buses = (await machine.qmp('query-pci')) as readonly PciBus[];
  const there = buses
    .flatMap(({ devices }) => devices)
    .map(({ bus, slot, function: fn, id, class_info }) => line(bus, slot, fn, id.vendor, id.device, class_info.class));
  expect(read.length).toBeGreaterThan(1);
  expect(read).toEqual(there.sort());
});

test('a driver that is bound anew turns its device on', async ({ machine }) => {
  const { pci } = await machine.trace(['pci_cfg_*'], () =>
    machine.run(`
umount /mnt; set -- /sys/bus/pci/drivers/virtio-pci/0000:*; device=\${1##*/}
echo $device >/sys/bus/pci/drivers/virtio-pci/unbind && echo $device >/sys/bus/pci/drivers/virtio-pci/bind`),
  );
  const BUS_MASTER = 4;
  const disk = pci.functions.find(({ name }) => name.startsWith('virtio-blk'));
  expect(disk?.writes).toBeGreaterThan(0);
  expect((disk?.command ?? 0) & BUS_MASTER).toBe(BUS_MASTER);
});
