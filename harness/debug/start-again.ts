import { EnvironmentError } from '../errors.ts';
import { Machine } from '../machine/machine.ts';
import { changedFiles, type MachineRecord, SYMBOLS_ROLE } from '../machine/machine-record.ts';
import { readManifest } from '../machine/template/manifest.ts';
import { Template } from '../machine/template/template.ts';

/** A machine of evidence that was started once more, and waits. */
export interface StartedAgain {
  readonly machine: Machine;
  /** How it differs from the one that the evidence is of; for people. */
  readonly notes: readonly string[];
}

/**
 * Starts a machine as it began: cloned from the same template where that is still there, else booted. It is stopped where it
 * was frozen, or before its first instruction.
 * @throws EnvironmentError when it cannot be started.
 */
export async function startAgain(record: MachineRecord): Promise<StartedAgain> {
  const changed = changedFiles(record);
  const notes = changed.map(({ role, path }) => `the ${role} ${path} is not what it was when the evidence was written`);
  const clone = await cloneAgain(
    record,
    changed.some(({ role }) => role !== SYMBOLS_ROLE),
  );
  if (clone instanceof Machine) return { machine: clone, notes };
  const machine = await Machine.boot(record.plan, { kind: 'boot' }, 'stopped');
  return { machine, notes: clone === undefined ? notes : [...notes, `booted, not cloned as it was then: ${clone}`] };
}

/** @returns why it is not cloned, where it was; `undefined` when it was not cloned then either. */
async function cloneAgain(
  { plan, template: folder }: MachineRecord,
  isAnother: boolean,
): Promise<Machine | string | undefined> {
  if (folder === undefined) return undefined;
  if (isAnother) return 'it is made of other files by now';
  const manifest = readManifest(folder);
  const template = manifest?.kind === 'template' && (await Template.open(plan, folder, manifest));
  if (!template) return 'its template is no longer in the cache';
  try {
    return await template.clone('stopped');
  } catch (error) {
    if (error instanceof EnvironmentError) return error.message;
    throw error;
  }
}
