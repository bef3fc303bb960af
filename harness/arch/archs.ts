import { DeclarationError } from '../errors.ts';
import { expected } from '../expected.ts';
import { aarch64 } from './aarch64.ts';
import type { ArchDescription } from './arch.ts';
import { x86_64 } from './x86_64.ts';

const byName = { x86_64, aarch64 } satisfies Record<string, ArchDescription>;

/** An architecture's name, as results and folders spell it. */
export type Arch = keyof typeof byName;

/** Every architecture, in the order in which reports show them. */
export const archNames = Object.keys(byName) as Arch[];

/** Every spelling that is understood, aliases included. */
export const archSpellings: readonly string[] = archNames.flatMap((name) => [name, ...byName[name].aliases]);

/** The normalised name of any spelling (`arm64` is `aarch64`), or `undefined`. */
export function normaliseArch(spelling: string): Arch | undefined {
  const lower = spelling.toLowerCase();
  return archNames.find((name) => name === lower || byName[name].aliases.some((alias) => alias === lower));
}

/** `arm64` is `aarch64`, and `linux/arm64/smp` is `linux/aarch64/smp`. */
export function normalisePlace(place: string): string {
  const [target = '', arch, ...profile] = place.split('/');
  if (arch === undefined) return normaliseArch(place) ?? place;
  return [target, normaliseArch(arch) ?? arch, ...profile].join('/');
}

/** @throws DeclarationError naming near spellings. */
export function parseArch(field: string, spelling: string): Arch {
  const arch = normaliseArch(spelling);
  if (!arch) throw new DeclarationError(expected(field, archSpellings, spelling));
  return arch;
}

/** The entry for an architecture in a record whose keys may be any spelling of it. */
export function entryFor<T>(entries: Readonly<Record<string, T>>, arch: Arch): T | undefined {
  return Object.entries(entries).find(([spelling]) => normaliseArch(spelling) === arch)?.[1];
}

export function describeArch(arch: Arch): ArchDescription {
  return byName[arch];
}
