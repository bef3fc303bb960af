import path from 'node:path';
import { createRunDirectory } from '../qemu/reaper.ts';

let folder: string | undefined;

/**
 * Where the benchmarks keep everything: templates of their own, whatever the host's cache holds, and what the programs put
 * aside that they start. It goes with this process, however that ends.
 */
export function workspace(): string {
  if (folder) return folder;
  folder = createRunDirectory();
  process.env.TWINBOOT_CACHE = path.join(folder, 'cache');
  process.env.TMPDIR = folder;
  return folder;
}
