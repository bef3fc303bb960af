import { EnvironmentError } from '../../errors.ts';
import { formatVersion } from '../../qemu/version.ts';
import { Machine } from '../machine.ts';
import type { MachinePlan } from '../plan.ts';
import { removeEntry } from './cache-room.ts';
import { isComplete, isStateIntact, readManifest, type TemplateManifest, touchManifest } from './manifest.ts';

/** The template's files are not what they were: somebody deleted, replaced or damaged them. It is made anew then. */
export class TemplateGone extends EnvironmentError {}

/** A machine that was booted once and frozen, in a folder. Machines are cloned from it, however many. */
export class Template {
  readonly plan: MachinePlan;
  readonly folder: string;
  readonly manifest: TemplateManifest;

  constructor(plan: MachinePlan, folder: string, manifest: TemplateManifest) {
    this.plan = plan;
    this.folder = folder;
    this.manifest = manifest;
  }

  /** The template in `folder`, when it is whole. */
  static async open(plan: MachinePlan, folder: string, manifest: TemplateManifest): Promise<Template | undefined> {
    if (!isComplete(folder, manifest) || !(await isStateIntact(folder, manifest))) return undefined;
    touchManifest(folder);
    return new Template(plan, folder, manifest);
  }

  /**
   * A machine of its own that goes on where the template was frozen.
   * @param begins `stopped`: it waits there for `cont`, or for a debugger.
   * @throws TemplateGone when the template's files are not what they were, also when that shows only as QEMU starts.
   * @throws EnvironmentError when QEMU does not start for another reason.
   */
  async clone(begins: 'running' | 'stopped' = 'running'): Promise<Machine> {
    if (!isComplete(this.folder, this.manifest)) throw this.#gone();
    const machine = await this.#resume(begins);
    const version = machine.version && formatVersion(machine.version);
    if (version === this.manifest.qemu) return machine;
    await machine.stop(); // It took up the state of another QEMU's devices; who knows what it made of it.
    throw new TemplateGone(`The template ${this.folder} was made by QEMU ${this.manifest.qemu}; this is ${version}.`);
  }

  /** Removes it, unless somebody has put another in its place. */
  discard(): void {
    const manifest = readManifest(this.folder);
    if (manifest?.kind === 'template' && manifest.createdAt === this.manifest.createdAt) removeEntry(this.folder);
  }

  async #resume(begins: 'running' | 'stopped'): Promise<Machine> {
    try {
      return await Machine.boot(this.plan, { kind: 'clone', folder: this.folder }, begins);
    } catch (error) {
      if (isComplete(this.folder, this.manifest) && (await isStateIntact(this.folder, this.manifest))) throw error;
      throw this.#gone(error);
    }
  }

  #gone(cause?: unknown): TemplateGone {
    return new TemplateGone(`The template ${this.folder} is no longer what it was.`, { cause });
  }
}
