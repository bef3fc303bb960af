import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/*
 * An output is current when the file OUTPUT.key beside it holds the hash of everything that decides what the output
 * is. Both are written under another name and renamed, the key last, so neither an interruption nor a second run at
 * the same time leaves half an output that passes for a whole one.
 */

/** One hash over all inputs, in order. */
export function keyOf(...inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const bytes = Buffer.isBuffer(input)
      ? input
      : Buffer.from(typeof input === 'string' ? input : JSON.stringify(input));
    hash.update(`${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}

/** Whether an output is there and came from inputs with this key. */
export async function isCurrent(output, key) {
  try {
    const [stored] = await Promise.all([readFile(`${output}.key`, 'utf8'), stat(output)]);
    return stored === key;
  } catch {
    return false;
  }
}

/**
 * Makes an output.
 * @param {(file: string) => Promise<void>} build writes the output to `file`
 */
export async function rebuild(output, key, build) {
  const draft = `${output}.${process.pid}`;
  await mkdir(dirname(output), { recursive: true });
  try {
    await build(draft);
    await rename(draft, output);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  await recordKey(output, key);
}

/** Marks an output that is there as made from the inputs with this key. */
export async function recordKey(output, key) {
  const draft = `${output}.key.${process.pid}`;
  await writeFile(draft, key);
  await rename(draft, `${output}.key`);
}
