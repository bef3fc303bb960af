import { type Arch, describeArch, entryFor } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { type Bytes, parseBytes } from '../units.ts';
import type { Accelerator, DiskInterface, DiskProfile, MachineProfile, NetworkProfile } from './profile.ts';

/** A machine with nothing left to look up: what QEMU is asked for, and what reports compare between environments. */
export interface ResolvedMachine {
  readonly arch: Arch;
  readonly board: string;
  /** `undefined`: QEMU's default model for the board. */
  readonly cpu: string | undefined;
  readonly cpus: number;
  readonly memoryBytes: Bytes;
  readonly network: NetworkProfile & { readonly name: string };
  readonly disks: readonly ResolvedDisk[];
  readonly firmware: string | undefined;
  readonly accelerator: Accelerator;
  /** Arguments appended to QEMU's as they are. */
  readonly qemu: readonly string[];
}

export type ResolvedDisk = { readonly name: string; readonly interface: DiskInterface } & (
  | { readonly mode: 'overlay' | 'readonly'; readonly source: string; readonly format: 'raw' | 'qcow2' }
  | { readonly mode: 'scratch'; readonly sizeBytes: Bytes }
);

/** The networks and disks that profiles may name. */
export interface Catalogue {
  readonly networks: Readonly<Record<string, NetworkProfile>>;
  readonly disks: Readonly<Record<string, DiskProfile>>;
}

/**
 * The machine that a profile means on one architecture.
 * @throws DeclarationError for a name that the catalogue lacks or a size that is none.
 */
export function resolveMachine(
  profile: MachineProfile,
  arch: Arch,
  accelerator: Accelerator,
  catalogue: Catalogue,
): ResolvedMachine {
  const description = describeArch(arch);
  const network = catalogue.networks[profile.network];
  if (!network) throw new DeclarationError(expected('network', Object.keys(catalogue.networks), profile.network));
  const memoryBytes = parseBytes(profile.memory);
  if (!memoryBytes)
    throw new DeclarationError(`memory: expected a size such as "256M", got ${JSON.stringify(profile.memory)}`);
  const { emulated, virtualised } = description.cpu;
  return {
    arch,
    board: perArch(profile.board, arch) ?? description.machineType,
    cpu: perArch(profile.cpu, arch) ?? (accelerator === 'tcg' ? emulated : virtualised),
    cpus: profile.cpus,
    memoryBytes,
    network: { name: profile.network, ...network },
    disks: profile.disks.map((name) => resolveDisk(name, catalogue)),
    firmware: perArch(profile.firmware, arch),
    accelerator,
    qemu: profile.qemu ?? [],
  };
}

/**
 * The value meant for `arch` where one may be given for all or one for each, `{arch}` in it replaced. Architectures may be
 * spelt as people do: `arm64` is `aarch64`.
 */
export function perArch(value: string | Readonly<Record<string, string>> | undefined, arch: Arch): string | undefined {
  const chosen = typeof value === 'object' ? entryFor(value, arch) : value;
  return chosen?.replaceAll('{arch}', arch);
}

function resolveDisk(name: string, catalogue: Catalogue): ResolvedDisk {
  const disk = catalogue.disks[name];
  if (!disk) throw new DeclarationError(expected('disks', Object.keys(catalogue.disks), name));
  const face = disk.interface ?? 'virtio-blk';
  if (disk.mode !== 'scratch') {
    return { name, mode: disk.mode, source: disk.source, format: disk.format ?? 'raw', interface: face };
  }
  const sizeBytes = parseBytes(disk.size);
  if (!sizeBytes)
    throw new DeclarationError(`disks.${name}.size: expected a size such as "64M", got ${JSON.stringify(disk.size)}`);
  return { name, mode: 'scratch', sizeBytes, interface: face };
}
