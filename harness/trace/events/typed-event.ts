import type { Bytes } from '../../units.ts';
import type { TracedEvent } from './traced-event.ts';

/** An event whose arguments are understood. */
export type TypedEvent =
  | ({ readonly kind: 'pci-config' } & PciAccess)
  | { readonly kind: 'ps2-keycode'; readonly keyboard: string; readonly code: number }
  | { readonly kind: 'ps2-set'; readonly keyboard: string; readonly set: number }
  | { readonly kind: 'key'; readonly key: string; readonly down: boolean }
  | ({ readonly kind: 'block' } & BlockRequest);

/** The guest read or wrote a register in a PCI function's configuration space. How many bytes of it, QEMU does not say. */
export interface PciAccess {
  readonly access: 'read' | 'write';
  /** QEMU's name of the device; `empty` where there is none. */
  readonly name: string;
  /** `undefined`: a QEMU before 7.1, which does not tell it. */
  readonly bus: number | undefined;
  readonly device: number;
  readonly function: number;
  readonly offset: Bytes;
  readonly value: number;
}

/** What the guest asked of a disk. */
export interface BlockRequest {
  /** `dma`: the controller (NVMe, AHCI, IDE, SCSI) reads or writes the guest's RAM by itself. `virtio-blk`: through its queue. */
  readonly by: 'dma' | 'virtio-blk';
  /** QEMU's address of the disk: one disk, one address. */
  readonly disk: string;
  readonly direction: 'read' | 'write';
  readonly offset: Bytes;
  /** Absent: the event does not tell. */
  readonly bytes?: Bytes;
}

const SECTOR: Bytes = 512;

type Reader = (groups: Readonly<Record<string, string | undefined>>) => TypedEvent | undefined;

const POINTER = '(?:0x[0-9a-f]{1,16}|\\(nil\\))';
const PCI_ADDRESS =
  '(?<name>\\S{1,64}) (?:(?<bus>[0-9a-f]{2}):(?<device>[0-9a-f]{2})\\.(?<function>[0-7])|(?<oldDevice>\\d{2}):(?<oldFunction>[0-7])) @0x(?<offset>[0-9a-f]{1,3})';
const VALUE = '0x(?<value>[0-9a-f]{1,8})';
const SECTORS = `vdev (?<disk>${POINTER}) req ${POINTER} sector (?<sector>\\d{1,19}) nsectors (?<sectors>\\d{1,10})`;

/** As QEMU's sources format them (hw/pci, hw/input, ui, softmmu, hw/block: trace-events), 2.5 to 7.2. */
const READERS: Readonly<Record<string, { readonly pattern: RegExp; readonly read: Reader }>> = {
  pci_cfg_read: { pattern: new RegExp(`^${PCI_ADDRESS} -> ${VALUE}$`), read: (groups) => pciAccess('read', groups) },
  pci_cfg_write: { pattern: new RegExp(`^${PCI_ADDRESS} <- ${VALUE}$`), read: (groups) => pciAccess('write', groups) },
  ps2_put_keycode: {
    pattern: new RegExp(`^(?<keyboard>${POINTER}) keycode (?<code>0x[0-9a-f]{1,2}|\\d{1,3})$`),
    read: ({ keyboard = '', code }) => ({ kind: 'ps2-keycode', keyboard, code: Number(code) }),
  },
  ps2_keyboard_event: {
    pattern: new RegExp(`^(?<keyboard>${POINTER}) qcode .* set (?<set>[1-3]) xlate [01]$`),
    read: ({ keyboard = '', set }) => ({ kind: 'ps2-set', keyboard, set: Number(set) }),
  },
  input_event_key_qcode: {
    pattern: /^con -?\d{1,10}, key qcode (?<key>[a-z0-9_]{1,30}), down (?<down>[01])$/,
    read: ({ key = '', down }) => ({ kind: 'key', key, down: down === '1' }),
  },
  dma_blk_io: {
    pattern: new RegExp(
      `^dbs=${POINTER} bs=(?<disk>${POINTER}) (?:offset=(?<offset>\\d{1,19})|sector_num=(?<sector>\\d{1,19})) to_dev=(?<toDevice>[01])$`,
    ),
    read: (groups) => blockRequest('dma', groups.toDevice === '1' ? 'write' : 'read', groups),
  },
  virtio_blk_handle_read: {
    pattern: new RegExp(`^${SECTORS}$`),
    read: (groups) => blockRequest('virtio-blk', 'read', groups),
  },
  virtio_blk_handle_write: {
    pattern: new RegExp(`^${SECTORS}$`),
    read: (groups) => blockRequest('virtio-blk', 'write', groups),
  },
};

/** The events that are understood. */
export const typedNames: readonly string[] = Object.keys(READERS);

export function isTyped(name: string): boolean {
  return Object.hasOwn(READERS, name);
}

/** @returns `undefined` for an event of another kind, and for one that is not written as it should be. */
export function readTyped({ name, args }: TracedEvent): TypedEvent | undefined {
  const reader = isTyped(name) ? READERS[name] : undefined;
  const match = reader?.pattern.exec(args);
  return match ? reader?.read(match.groups ?? {}) : undefined;
}

function pciAccess(access: PciAccess['access'], groups: Parameters<Reader>[0]): TypedEvent | undefined {
  const { name = '', bus, device, oldDevice, oldFunction, offset, value } = groups;
  const slot = device === undefined ? Number(oldDevice) : Number.parseInt(device, 16);
  if (slot > 31) return undefined;
  return {
    kind: 'pci-config',
    access,
    name,
    bus: bus === undefined ? undefined : Number.parseInt(bus, 16),
    device: slot,
    function: Number(groups.function ?? oldFunction),
    offset: Number.parseInt(offset ?? '', 16),
    value: Number.parseInt(value ?? '', 16),
  };
}

function blockRequest(
  by: BlockRequest['by'],
  direction: BlockRequest['direction'],
  { disk = '', offset, sector, sectors }: Parameters<Reader>[0],
): TypedEvent | undefined {
  const start = offset === undefined ? Number(sector) * SECTOR : Number(offset);
  const bytes = sectors === undefined ? undefined : Number(sectors) * SECTOR;
  if (!Number.isSafeInteger(start + (bytes ?? 0))) return undefined;
  return { kind: 'block', by, disk, direction, offset: start, ...(bytes === undefined ? {} : { bytes }) };
}
