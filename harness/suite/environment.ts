import { disks as knownDisks } from '../../qemu-profiles/disks.ts';
import { machines as knownMachines } from '../../qemu-profiles/machines.ts';
import { networks as knownNetworks } from '../../qemu-profiles/networks.ts';
import { type Arch, archNames, normaliseArch } from '../arch/archs.ts';
import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import type { Accelerator, MachineProfile } from '../qemu/profile.ts';
import { type Catalogue, type ResolvedMachine, resolveMachine } from '../qemu/resolve.ts';
import type { ImageDeclaration, InterruptKeeping, KernelConfigDeclaration, TargetDeclaration } from './declaration.ts';

/** One column of a parity table: a target on an architecture with a profile. Plain data: it crosses to worker processes. */
export interface Environment {
  /** `linux/aarch64`; a profile other than the target's first is added: `linux/aarch64/smp`. */
  readonly id: string;
  readonly target: TargetDeclaration;
  readonly arch: Arch;
  readonly image: ImageDeclaration;
  readonly profile: MachineProfile;
  readonly accelerator: Accelerator;
  readonly catalogue: Catalogue;
  /** Whose whole interrupt logs stay. Absent: nobody's. */
  readonly keepInterrupts?: InterruptKeeping;
}

const DEFAULT_PROFILE = 'default' satisfies keyof typeof knownMachines;

/**
 * Every environment that a configuration declares, in its order, each checked to resolve.
 * @param onlyProfile Stands in for the profiles that targets list.
 * @throws DeclarationError naming the target and the field.
 */
export function listEnvironments(config: KernelConfigDeclaration, onlyProfile?: string): Environment[] {
  const catalogue: Catalogue = {
    networks: { ...knownNetworks, ...config.networks },
    disks: { ...knownDisks, ...config.disks },
  };
  const machines = machinesOf(config);
  for (const target of config.targets) checkOracle(target, config.targets);
  return config.targets.flatMap((target) => {
    const chosen = onlyProfile === undefined ? profilesOf(target) : [onlyProfile];
    return chosen.flatMap((name) => {
      const base = machines[name];
      if (!base)
        throw new DeclarationError(`target "${target.name}": ${expected('profiles', Object.keys(machines), name)}`);
      const profile: MachineProfile = { ...base, ...target.machine };
      return imagesOf(target).map(([arch, image]) => {
        const id = environmentId(target, arch, name);
        const environment: Environment = {
          ...{ id, target, arch, image, profile, catalogue },
          accelerator: config.accelerator ?? 'tcg',
          ...(config.keepInterrupts ? { keepInterrupts: config.keepInterrupts } : {}),
        };
        checkMachine(`${id}: `, environment, {});
        return environment;
      });
    });
  });
}

/** @throws DeclarationError for an oracle that there is not, or that is not to be trusted either. */
function checkOracle({ name, oracle }: TargetDeclaration, targets: readonly TargetDeclaration[]): void {
  if (oracle === undefined) return;
  const others = targets.filter((other) => other.name !== name);
  const meant = others.find((other) => other.name === oracle);
  if (!meant) {
    const choices = others.map((other) => other.name);
    throw new DeclarationError(
      choices.length > 0
        ? `target "${name}": ${expected('oracle', choices, oracle)}`
        : `target "${name}": oracle: expected another target that runs the same suites, and there is none`,
    );
  }
  if (meant.oracle === undefined) return;
  throw new DeclarationError(
    `target "${name}": oracle: "${oracle}" has an oracle itself, "${meant.oracle}": one that is trusted needs none`,
  );
}

/** The ids of all environments that there may be, also with profiles that only a command line asks for. */
export function possibleEnvironments(config: KernelConfigDeclaration): string[] {
  const known = Object.keys(machinesOf(config));
  return config.targets.flatMap((target) => {
    const profiles = new Set([...profilesOf(target), ...known]);
    return imagesOf(target).flatMap(([arch]) => [...profiles].map((name) => environmentId(target, arch, name)));
  });
}

function machinesOf(config: KernelConfigDeclaration): Readonly<Record<string, MachineProfile>> {
  return { ...knownMachines, ...config.machines };
}

function profilesOf({ profiles }: TargetDeclaration): readonly string[] {
  return profiles ?? [DEFAULT_PROFILE];
}

function environmentId(target: TargetDeclaration, arch: Arch, profile: string): string {
  return [target.name, arch, ...(profile === profilesOf(target)[0] ? [] : [profile])].join('/');
}

/**
 * Checks that the environment's machine resolves with the fields that a suite sets otherwise.
 * @param place Stands before the field in the message: `suite "signals": machine.`
 * @throws DeclarationError naming the field that does not.
 */
export function checkMachine(place: string, environment: Environment, overrides: Partial<MachineProfile>): void {
  try {
    machineOf(environment, overrides);
  } catch (error) {
    if (error instanceof DeclarationError) throw new DeclarationError(`${place}${error.message}`);
    throw error;
  }
}

/**
 * The environment's machine with the fields that a suite or case sets otherwise.
 * @throws DeclarationError naming the field that does not resolve.
 */
export function machineOf(environment: Environment, overrides: Partial<MachineProfile>): ResolvedMachine {
  const { arch, accelerator, catalogue, profile, image } = environment;
  const merged = {
    ...profile,
    ...overrides,
    qemu: [...(profile.qemu ?? []), ...(image.qemu ?? []), ...(overrides.qemu ?? [])],
  };
  return resolveMachine(merged, arch, accelerator, catalogue);
}

/** A target's images by architecture, in the harness's order whatever the declaration's. */
function imagesOf(target: TargetDeclaration): [Arch, ImageDeclaration][] {
  const declared = Object.entries(target.images);
  return archNames.flatMap((arch) => {
    const spelt = declared.filter(([spelling]) => normaliseArch(spelling) === arch);
    if (spelt.length > 1) {
      throw new DeclarationError(
        `target "${target.name}": images has ${spelt.map(([name]) => `"${name}"`).join(' and ')}, which are one architecture`,
      );
    }
    return spelt.map(([, image]): [Arch, ImageDeclaration] => [arch, image]);
  });
}
