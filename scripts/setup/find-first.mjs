import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The first entry of any of the folders whose name matches; distributions differ in where they keep a file.
 * @returns {Promise<string | undefined>} its path
 */
export async function findFirst(folders, pattern) {
  for (const folder of folders) {
    const names = await readdir(folder).catch(() => []);
    const name = names.sort().find((entry) => pattern.test(entry));
    if (name) return join(folder, name);
  }
  return undefined;
}
