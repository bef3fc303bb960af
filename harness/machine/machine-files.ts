import type { BootImage } from '../qemu/argv.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';

/** A file that a machine cannot do without. */
export interface MachineFile {
  /** What it is to the machine, for messages: `kernel`, `disk "data"`. */
  readonly role: string;
  readonly path: string;
}

/** The files of an image; the first is the one that people know it by. */
export function imageFiles(image: BootImage): [MachineFile, ...MachineFile[]] {
  switch (image.from) {
    case 'kernel':
      return [
        { role: 'kernel', path: image.kernel },
        ...(image.initrd ? [{ role: 'initrd', path: image.initrd }] : []),
        ...(image.dtb ? [{ role: 'device tree', path: image.dtb }] : []),
      ];
    case 'cdrom':
      return [{ role: 'CD image', path: image.iso }];
    case 'disk':
      return [{ role: 'boot disk', path: image.disk }];
    default:
      return image satisfies never;
  }
}

/** The files that a machine has whatever it boots: firmware, and what its disks are made of. */
export function hardwareFiles({ firmware, disks }: ResolvedMachine): MachineFile[] {
  return [
    ...(firmware ? [{ role: 'firmware', path: firmware }] : []),
    ...disks.flatMap((disk) => (disk.mode === 'scratch' ? [] : [{ role: `disk "${disk.name}"`, path: disk.source }])),
  ];
}
