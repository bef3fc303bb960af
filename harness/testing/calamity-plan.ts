import path from 'node:path';
import { type Arch, describeArch } from '../arch/archs.ts';
import type { MachinePlan } from '../machine/plan.ts';
import type { BootImage } from '../qemu/argv.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';
import { calamityImages } from './project.ts';

type KernelImage = Extract<BootImage, { from: 'kernel' }>;

/** A machine that boots the kernel that misbehaves on request, to its prompt. */
export function calamityPlan(
  arch: Arch,
  { image: change = {}, machine = {} }: { image?: Partial<KernelImage>; machine?: Partial<ResolvedMachine> } = {},
): { readonly plan: MachinePlan; readonly image: KernelImage } {
  const { machineType, cpu } = describeArch(arch);
  const file = { x86_64: 'calamity.elf', aarch64: 'calamity.img' }[arch];
  const image: KernelImage = { from: 'kernel', kernel: path.join(calamityImages, arch, file), ...change };
  const plan: MachinePlan = {
    machine: {
      arch,
      board: machineType,
      cpu: cpu.emulated,
      cpus: 1,
      memoryBytes: 64 * 2 ** 20,
      network: { name: 'none', kind: 'none' },
      disks: [],
      firmware: undefined,
      accelerator: 'tcg',
      qemu: [],
      ...machine,
    },
    source: { kind: 'qemu', image, raw: false },
    consoles: ['user'],
    exitDevice: false,
  };
  return { plan, image };
}
