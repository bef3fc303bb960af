import type { BootImage } from '../../qemu/argv.ts';
import { formatBytes } from '../../units.ts';
import { imageFiles } from '../machine-files.ts';
import type { MachinePlan } from '../plan.ts';

/** A machine for people who have several: `/home/me/kernel/build/kernel.elf, 2 vCPUs, 256 MiB, network user, disk data`. */
export function machineWords({ machine }: MachinePlan, image: BootImage): string {
  const { cpus, memoryBytes, network, disks } = machine;
  return [
    imageFiles(image)[0].path,
    `${cpus} vCPU${cpus === 1 ? '' : 's'}`,
    formatBytes(memoryBytes),
    ...(network.kind === 'none' ? [] : [`network ${network.name}`]),
    ...disks.map(({ name }) => `disk ${name}`),
  ].join(', ');
}
