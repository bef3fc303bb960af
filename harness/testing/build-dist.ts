import path from 'node:path';
import { execa } from 'execa';

/** Builds what the command's tests run: the package as its users get it, from the sources as they are now. */
export async function setup(): Promise<void> {
  await execa('node', ['scripts/setup.mjs'], { cwd: path.resolve(import.meta.dirname, '../..') });
}
