/** PCI Code and ID Assignment Specification, base classes and the subclasses that kernels meet in QEMU. */
const CLASSES: Readonly<Record<number, string>> = {
  0: 'old device',
  1: 'storage controller',
  256: 'SCSI controller',
  257: 'IDE controller',
  262: 'SATA controller',
  264: 'NVMe controller',
  2: 'network controller',
  512: 'Ethernet controller',
  3: 'display controller',
  768: 'VGA controller',
  4: 'multimedia controller',
  1025: 'audio controller',
  1027: 'audio device',
  5: 'memory controller',
  1280: 'RAM',
  6: 'bridge',
  1536: 'host bridge',
  1537: 'ISA bridge',
  1540: 'PCI bridge',
  7: 'communication controller',
  1792: 'serial controller',
  1920: 'communication controller',
  8: 'system peripheral',
  2053: 'SD host controller',
  9: 'input device controller',
  2304: 'keyboard',
  2305: 'digitiser',
  2306: 'mouse',
  10: 'docking station',
  11: 'processor',
  12: 'serial bus controller',
  3075: 'USB controller',
  3077: 'SMBus',
  13: 'wireless controller',
  16: 'encryption controller',
  18: 'processing accelerator',
  255: 'unassigned class',
};

/** @param code Base class and subclass, as in 0x0601. */
export function pciClassName(code: number): string {
  // A subclass of base class 0 is no base class of its own.
  return (code > 0xff ? CLASSES[code] : undefined) ?? CLASSES[code >> 8] ?? 'unknown class';
}
