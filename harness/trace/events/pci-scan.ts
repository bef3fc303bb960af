import { pciClassName } from './pci-classes.ts';
import type { PciAccess } from './typed-event.ts';

/** One function on the PCI bus, as far as the guest has looked at it. Numbers that it has not read are absent. */
export interface PciFunction {
  /** Absent: a QEMU before 7.1, which does not tell it. */
  readonly bus?: number;
  readonly device: number;
  readonly function: number;
  /** QEMU's name of the device. */
  readonly name: string;
  readonly vendorId?: number;
  readonly deviceId?: number;
  /** Base class and subclass: 0x0601. */
  readonly classCode?: number;
  readonly className?: string;
  readonly revision?: number;
  /** The command register as last read or written: bit 0 I/O, 1 memory, 2 bus master, 10 no INTx. */
  readonly command?: number;
  readonly reads: number;
  readonly writes: number;
}

/** What a guest learnt of its PCI buses. */
export interface PciScan {
  /** By bus, device and function. */
  readonly functions: readonly PciFunction[];
  /** Reads that were answered by nobody: QEMU tells of those since 8.0. */
  readonly emptyReads: number;
  /** Accesses to more functions than are kept. */
  readonly forgotten: number;
}

const MOST_FUNCTIONS = 4_096;

/** Learns what a guest learns as it reads and writes configuration space. Bounded. */
export class PciScanReader {
  readonly #functions = new Map<string, SeenFunction>();
  #emptyReads = 0;
  #forgotten = 0;

  take(access: PciAccess): void {
    if (access.name === 'empty') {
      this.#emptyReads++;
      return;
    }
    const key = `${access.bus} ${access.device} ${access.function}`;
    const known = this.#functions.get(key);
    if (known) known.take(access);
    else if (this.#functions.size >= MOST_FUNCTIONS) this.#forgotten++;
    else this.#functions.set(key, new SeenFunction(access));
  }

  get result(): PciScan {
    const functions = [...this.#functions.values()].map((seen) => seen.learnt);
    return {
      functions: functions.sort((a, b) => placeOf(a) - placeOf(b)),
      emptyReads: this.#emptyReads,
      forgotten: this.#forgotten,
    };
  }
}

function placeOf({ bus = 0, device, function: fn }: PciFunction): number {
  return (bus << 8) | (device << 3) | fn;
}

/**
 * A function, and what its registers gave (PCI Local Bus Specification 3.0, 6.1). How wide a read was can only be told by what
 * it gave: a value that fills the upper half was not a narrow one, and whoever reads an odd byte reads bytes.
 */
class SeenFunction {
  readonly #place: Pick<PciFunction, 'bus' | 'device' | 'function' | 'name'>;
  #reads = 0;
  #writes = 0;
  #vendorId: number | undefined;
  #deviceId: number | undefined;
  #classCode: number | undefined;
  #revision: number | undefined;
  #command: number | undefined;
  /** The lower bytes of vendor and class, which say nothing alone. */
  #vendorLow: number | undefined;
  #subclass: number | undefined;

  constructor(first: PciAccess) {
    const { bus, device, function: fn, name } = first;
    this.#place = { ...(bus === undefined ? {} : { bus }), device, function: fn, name };
    this.take(first);
  }

  get learnt(): PciFunction {
    const [vendorId, deviceId, classCode] = [this.#vendorId, this.#deviceId, this.#classCode];
    return {
      ...this.#place,
      ...(vendorId === undefined ? {} : { vendorId }),
      ...(deviceId === undefined ? {} : { deviceId }),
      ...(classCode === undefined ? {} : { classCode, className: pciClassName(classCode) }),
      ...(this.#revision === undefined ? {} : { revision: this.#revision }),
      ...(this.#command === undefined ? {} : { command: this.#command }),
      reads: this.#reads,
      writes: this.#writes,
    };
  }

  take({ access, offset, value }: PciAccess): void {
    if (access === 'read') {
      this.#reads++;
      this.#learn(offset, value);
    } else {
      this.#writes++;
      if (offset === COMMAND) this.#command = value & 0xffff;
    }
  }

  #learn(offset: number, value: number): void {
    switch (offset) {
      case 0x00:
        if (value === 0xffffffff) break;
        if (value > 0xff) this.#vendorId = value & 0xffff;
        else this.#vendorLow = value;
        if (value > 0xffff) this.#deviceId = value >>> 16;
        break;
      case 0x01:
        if (this.#vendorLow !== undefined) this.#vendorId = ((value & 0xff) << 8) | this.#vendorLow;
        break;
      case 0x02:
        this.#deviceId = value & 0xffff;
        break;
      case 0x03:
        if (this.#deviceId !== undefined) this.#deviceId = ((value & 0xff) << 8) | (this.#deviceId & 0xff);
        break;
      case COMMAND:
        this.#command = value & 0xffff;
        break;
      case 0x08:
        this.#revision = value & 0xff;
        if (value > 0xffff) this.#classCode = value >>> 16;
        break;
      case 0x0a:
        if (value > 0xff) this.#classCode = value & 0xffff;
        else this.#subclass = value;
        break;
      case 0x0b:
        if (this.#subclass !== undefined) this.#classCode = ((value & 0xff) << 8) | this.#subclass;
        break;
      default:
        break;
    }
  }
}

const COMMAND = 0x04;
