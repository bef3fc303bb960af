import path from 'node:path';
import { execa } from 'execa';

/** Builds what the command's tests run: the package as its users get it, from the sources as they are now. */
export async function setup(): Promise<void> {
  await execa('npm', ['run', 'build', '--silent'], { cwd: path.resolve(import.meta.dirname, '../..') });
}
