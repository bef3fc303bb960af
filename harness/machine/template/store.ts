import { copyFileSync, readdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { ShellSnapshot } from '../../console/shell-spec.ts';
import { EnvironmentError } from '../../errors.ts';
import type { BootImage } from '../../qemu/argv.ts';
import { formatVersion } from '../../qemu/version.ts';
import type { Bytes, Millis } from '../../units.ts';
import { bootLogName, memoryFile, stateFile } from '../beginning.ts';
import { createBlankOverlays, diskFilesIn } from '../disk-files.ts';
import { checkImage } from '../image-check.ts';
import { Machine } from '../machine.ts';
import type { MachinePlan } from '../plan.ts';
import { foldersOf, makeCache, makeFilesPrivate, makePrivate } from './cache-folder.ts';
import { keepWithin, makeRoom, removeEntry } from './cache-room.ts';
import { digestOf } from './file-digest.ts';
import { freeze } from './freeze.ts';
import { templateKey } from './key.ts';
import { withLock } from './lock.ts';
import { machineWords } from './machine-words.ts';
import { describeFrozen, type Manifest, manifestFile, readManifest, writeManifest } from './manifest.ts';
import { Template, TemplateGone } from './template.ts';

/** The state in which a machine is frozen, and how it gets there. */
export interface ReadyState<Failure> {
  /** Which machine it is, for people: `linux/aarch64`. */
  readonly label: string;
  /** What counts as ready, in whatever words: other words make another template. */
  readonly description: string;
  /** How long it may take, all in all. */
  readonly within: Millis;
  /**
   * Boots the machine and brings it there.
   * @throws EnvironmentError when the infrastructure is in the way.
   */
  reach(start: () => Promise<Machine>): Promise<Reached<Failure>>;
  /** Whether a clone answers as the machine did. */
  answers(clone: Machine, ready: ShellSnapshot): Promise<boolean>;
}

export type Reached<Failure> =
  | { readonly kind: 'ready'; readonly machine: Machine; readonly ready: ShellSnapshot }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type Obtained<Failure> =
  | { readonly kind: 'template'; readonly template: Template }
  /** Machines like this one cannot be cloned here: `because` says why, in QEMU's words where it is QEMU that cannot. */
  | { readonly kind: 'unclonable'; readonly because: string }
  /** The machine did not get to its ready state. */
  | { readonly kind: 'failed'; readonly failure: Failure };

/** A kernel that talks more than this while it boots is not kept word by word. */
const BOOT_LOG_LIMIT: Bytes = 4 * 2 ** 20;

/** How long another process may take to boot the same template, beside what the boot itself may take. */
const LOCK_PATIENCE: Millis = 60_000;

/** How long a machine that could not be cloned is not tried again. */
const UNCLONABLE_FOR: Millis = 24 * 3_600_000;

/** The templates of one user, in a folder that outlives runs and may be deleted at any moment. */
export class TemplateStore {
  readonly #folder: string;
  readonly #limit: Bytes;

  constructor(folder: string, limit: Bytes) {
    this.#folder = folder;
    this.#limit = limit;
  }

  /**
   * The template of a machine: the one that was made before, or a new one. Whoever wants the same one meanwhile waits for it.
   * @throws EnvironmentError when an image is not as it must be.
   */
  async obtain<Failure>(plan: MachinePlan, ready: ReadyState<Failure>): Promise<Obtained<Failure>> {
    const { source } = plan;
    if (source.kind !== 'qemu') return { kind: 'unclonable', because: 'a launcher starts QEMU itself' };
    checkImage(source.image, plan.machine, source.raw, plan.build);
    try {
      return await this.#obtain(plan, source.image, ready);
    } catch (error) {
      if (error instanceof EnvironmentError || isSystemError(error))
        return { kind: 'unclonable', because: error.message };
      throw error;
    }
  }

  async #obtain<Failure>(plan: MachinePlan, image: BootImage, ready: ReadyState<Failure>): Promise<Obtained<Failure>> {
    makeCache(this.#folder);
    const { templates, locks, digests } = foldersOf(this.#folder);
    const findKey = () => templateKey(plan, image, ready.description, digests);
    const key = await findKey();
    const folder = path.join(templates, key);
    const found = await find(plan, folder);
    if (found) return found;
    return withLock(path.join(locks, key), ready.within + LOCK_PATIENCE, async () => {
      const meanwhile = await find(plan, folder);
      if (meanwhile) return meanwhile;
      removeEntry(folder);
      makeRoom(templates, this.#limit, plan.machine.memoryBytes);
      makePrivate(folder);
      try {
        return await make(plan, image, ready, folder, async () => (await findKey()) === key);
      } finally {
        if (!readManifest(folder)) removeEntry(folder);
        keepWithin(templates, this.#limit, [folder]);
      }
    });
  }
}

async function find(
  plan: MachinePlan,
  folder: string,
): Promise<Exclude<Obtained<never>, { kind: 'failed' }> | undefined> {
  const manifest = readManifest(folder);
  if (manifest?.kind === 'unclonable')
    return isRecent(folder) ? { kind: 'unclonable', because: manifest.because } : undefined;
  const template = manifest && (await Template.open(plan, folder, manifest));
  return template && { kind: 'template', template };
}

/** It may have been the host that was overloaded. */
function isRecent(folder: string): boolean {
  const stamp = statSync(manifestFile(folder), { throwIfNoEntry: false });
  return stamp !== undefined && Date.now() - stamp.mtimeMs < UNCLONABLE_FOR;
}

async function make<Failure>(
  plan: MachinePlan,
  image: BootImage,
  wanted: ReadyState<Failure>,
  folder: string,
  isCurrent: () => Promise<boolean>,
): Promise<Obtained<Failure>> {
  const reached = await wanted.reach(() => Machine.boot(plan, { kind: 'template', folder }));
  if (reached.kind === 'failed') return reached;
  const { machine, ready } = reached;
  const about = { label: wanted.label, machine: machineWords(plan, image) };
  const unclonable = (because: string): Obtained<Failure> => {
    removeEntry(folder);
    makePrivate(folder);
    writeManifest(folder, { kind: 'unclonable', ...about, because });
    return { kind: 'unclonable', because };
  };
  try {
    keepBootLogs(machine, folder);
    await freeze(machine, folder);
  } catch (error) {
    if (error instanceof EnvironmentError) return unclonable(error.message);
    throw error;
  } finally {
    await machine.stop();
  }
  await createBlankOverlays(diskFilesIn(folder, plan.machine.disks, image));
  makeFilesPrivate(folder);
  await flushToDisk(memoryFile(folder));
  const manifest: Extract<Manifest, { kind: 'template' }> = {
    kind: 'template',
    ...about,
    createdAt: new Date().toISOString(),
    qemu: machine.version ? formatVersion(machine.version) : 'unknown',
    files: readdirSync(folder).map((name) => describeFrozen(folder, name)),
    stateDigest: await digestOf(stateFile(folder)),
    ready,
  };
  const template = new Template(plan, folder, manifest);
  const complaint = await tryOut(template, wanted);
  if (complaint) return unclonable(complaint);
  // Somebody who builds while we boot: it may hold the new kernel, or the old one.
  if (!(await isCurrent())) throw new EnvironmentError('a file that it is made of was changed while it booted');
  writeManifest(folder, manifest);
  return { kind: 'template', template };
}

/** What the machine said until it was ready: no clone will say it again. */
function keepBootLogs({ plan, consoleLogs }: Machine, folder: string): void {
  for (const [index, log] of consoleLogs.entries()) {
    if (statSync(log).size <= BOOT_LOG_LIMIT)
      copyFileSync(log, path.join(folder, bootLogName(plan.consoles[index] ?? '')));
  }
}

/** A device whose state is not part of the machine's shows only now: no case should be the one to find out. */
async function tryOut<Failure>(template: Template, wanted: ReadyState<Failure>): Promise<string | undefined> {
  try {
    const clone = await template.clone();
    const answers = await wanted.answers(clone, template.manifest.ready).finally(() => clone.stop());
    return answers ? undefined : 'its clone did not answer, as if a device of it could not be cloned';
  } catch (error) {
    if (error instanceof EnvironmentError && !(error instanceof TemplateGone)) return error.message;
    throw error;
  }
}

/** What is not on the disk may be missing after a power cut, while the manifest says that it is there. */
async function flushToDisk(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  await handle.datasync().finally(() => handle.close());
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}
