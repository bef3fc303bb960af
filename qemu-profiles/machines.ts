import type { MachineProfile } from '../harness/qemu/profile.ts';

/** Machines by name: what a target's `profile` chooses among, together with those that a project declares. */
export const machines = {
  /** One vCPU, no devices: the least that a kernel needs to boot. */
  default: { cpus: 1, memory: '256M', network: 'none', disks: [] },
  /** Two vCPUs, for schedulers and locks. */
  smp: { cpus: 2, memory: '256M', network: 'none', disks: [] },
} as const satisfies Record<string, MachineProfile>;
