import type { DiskProfile } from '../harness/qemu/profile.ts';

/** Disks by name. Those with a content of their own are declared by the project that has it. */
export const disks = {
  /** An empty disk, new for each machine. */
  scratch: { mode: 'scratch', size: '64M', interface: 'virtio-blk' },
} as const satisfies Record<string, DiskProfile>;
