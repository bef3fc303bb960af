import { DeclarationError } from '../errors.ts';
import { shown } from '../expected.ts';
import type { Bytes } from '../units.ts';

/**
 * What QEMU takes beside the guest's own memory: 115 to 125 MiB once Linux has booted, on both architectures, and its
 * translated code grows with what the guest runs.
 */
const QEMU_OVERHEAD: Bytes = 256 * 2 ** 20;

/** What decides how many machines a host runs at once without drowning. */
export interface HostResources {
  readonly cores: number;
  readonly freeBytes: Bytes;
  /** The largest guest's memory. */
  readonly guestBytes: Bytes;
}

/** One machine for each core, as far as the memory goes; at least one. */
export function machinesAtOnce({ cores, freeBytes, guestBytes }: HostResources): number {
  return Math.max(1, Math.min(cores, Math.floor(freeBytes / (guestBytes + QEMU_OVERHEAD))));
}

/** @throws DeclarationError when the text is not a whole number above 0. */
export function parseMachines(text: string): number {
  if (/^0*[1-9]\d*$/.test(text)) return Number(text);
  throw new DeclarationError(`machines: expected a whole number above 0, got ${shown(text)}`);
}
