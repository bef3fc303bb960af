import path from 'node:path';

/** How a machine comes to its first instruction. */
export type Beginning =
  | { readonly kind: 'boot' }
  /** It boots with its RAM and disks in a template's folder, to be frozen there. */
  | { readonly kind: 'template'; readonly folder: string }
  /** It goes on where the machine in the template's folder was frozen, and writes to copies of its own. */
  | { readonly kind: 'clone'; readonly folder: string };

/** The guest's RAM in a template's folder. */
export function memoryFile(folder: string): string {
  return path.join(folder, 'ram');
}

/** The devices' state in a template's folder: QEMU's migration stream, without the RAM. */
export function stateFile(folder: string): string {
  return path.join(folder, 'state');
}

/** In a template's folder and in evidence: what a serial line said until the machine was ready. */
export function bootLogName(role: string): string {
  return `boot-${role}.log`;
}
