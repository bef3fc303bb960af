import { readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { digestOf } from './file-digest.ts';

/** A file as it was when the template was done: another size, time or inode is another file. */
const frozenFile = z.strictObject({ name: z.string(), bytes: z.number(), mtimeNs: z.string(), inode: z.string() });

const manifestSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('template'),
    label: z.string(),
    machine: z.string(),
    createdAt: z.iso.datetime(),
    qemu: z.string(),
    files: z.array(frozenFile),
    stateDigest: z.string(),
    ready: z.strictObject({ continuation: z.string().exactOptional(), asksForCursor: z.boolean().exactOptional() }),
  }),
  z.strictObject({ kind: z.literal('unclonable'), label: z.string(), machine: z.string(), because: z.string() }),
]);

/**
 * What a template's folder says of itself. It is written last: a folder without one is unfinished. `label` and `machine` tell
 * people which it is: `linux/aarch64`, and the machine in words.
 */
export type Manifest = z.infer<typeof manifestSchema>;
export type TemplateManifest = Extract<Manifest, { kind: 'template' }>;

/** The folder's manifest; `undefined` when there is none, or none that this version reads. */
export function readManifest(folder: string): Manifest | undefined {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(manifestFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** @throws Error of the system. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const draft = path.join(folder, 'manifest.draft');
  writeFileSync(draft, JSON.stringify(manifest), { mode: 0o600 });
  renameSync(draft, manifestFile(folder));
}

/** The template was used now: least recently used ones are the first to go. */
export function touchManifest(folder: string): void {
  const now = new Date();
  try {
    utimesSync(manifestFile(folder), now, now);
  } catch {
    // It was deleted: whoever uses it will see.
  }
}

export function manifestFile(folder: string): string {
  return path.join(folder, 'manifest.json');
}

/** @throws Error of the system when the file is not there. */
export function describeFrozen(folder: string, name: string): TemplateManifest['files'][number] {
  const { size, mtimeNs, ino } = statSync(path.join(folder, name), { bigint: true });
  return { name, bytes: Number(size), mtimeNs: String(mtimeNs), inode: String(ino) };
}

/** Whether the template's files are all there as they were frozen, as far as the file system tells: for every clone. */
export function isComplete(folder: string, { files }: TemplateManifest): boolean {
  try {
    return files.every((file) => JSON.stringify(describeFrozen(folder, file.name)) === JSON.stringify(file));
  } catch {
    return false;
  }
}

/** Whether the state reads as it was written: for every process that begins to use the template, and for a clone that failed. */
export async function isStateIntact(folder: string, { stateDigest }: TemplateManifest): Promise<boolean> {
  return digestOf(path.join(folder, 'state')).then(
    (digest) => digest === stateDigest,
    () => false,
  );
}
