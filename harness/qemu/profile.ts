/** An architecture-neutral description of a machine. Names are looked up in the project's networks and disks. */
export interface MachineProfile {
  /** Number of vCPUs. */
  readonly cpus: number;
  /** As QEMU reads sizes: `'256M'`, `'1G'`. */
  readonly memory: string;
  /** The name of a {@link NetworkProfile}. */
  readonly network: string;
  /** Names of {@link DiskProfile}s, in the order in which the guest meets them. */
  readonly disks: readonly string[];
  /** QEMU's `-M`, when the architecture's own default is not meant: a name, or one per architecture. */
  readonly board?: string | Readonly<Record<string, string>>;
  /** QEMU's `-cpu`, when the architecture's own default is not meant: a model, or one per architecture. */
  readonly cpu?: string | Readonly<Record<string, string>>;
  /** A firmware image for `-bios`, or one per architecture. Absent: QEMU's own. */
  readonly firmware?: string | Readonly<Record<string, string>>;
  /** Arguments appended to QEMU's as they are. */
  readonly qemu?: readonly string[];
  /** Trace events that are on in each machine, beside the target's. */
  readonly events?: readonly string[];
}

export type NetworkProfile =
  | { readonly kind: 'none' }
  /** QEMU's user-mode network; restricted, the guest reaches only the services inside the harness. */
  | { readonly kind: 'user'; readonly restrict: boolean };

export type DiskInterface = 'virtio-blk';

/** `overlay`: writable, the source stays untouched. `readonly`: the guest sees a write-protected disk. `scratch`: empty, and thrown away. */
export type DiskProfile =
  | {
      readonly mode: 'overlay' | 'readonly';
      readonly source: string;
      readonly format?: 'raw' | 'qcow2';
      readonly interface?: DiskInterface;
    }
  | { readonly mode: 'scratch'; readonly size: string; readonly interface?: DiskInterface };

export type DiskMode = DiskProfile['mode'];

export const diskModes = ['overlay', 'readonly', 'scratch'] as const satisfies readonly DiskMode[];

export const accelerators = ['tcg', 'kvm', 'hvf'] as const;

export type Accelerator = (typeof accelerators)[number];
