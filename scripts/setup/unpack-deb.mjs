import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from './errors.mjs';
import { lastWords } from './last-words.mjs';
import { run } from './run.mjs';

/**
 * Unpacks a Debian package's files into a folder, as any user.
 * @throws {UnavailableError} when the file is no package
 */
export async function unpackDeb(file, folder) {
  await mkdir(folder, { recursive: true });
  const outcome = await run(['dpkg-deb', '-x', file, folder]);
  const { ok, words } = outcome.started ? outcome : await unpackWithAr(file, folder);
  if (!ok) throw new UnavailableError(`setup: cannot unpack ${file}:\n${lastWords(words)}`);
}

/** A .deb is an ar archive, and the member data.tar.* in it holds the files; tar tells the compression itself. */
async function unpackWithAr(file, folder) {
  const members = await mkdtemp(join(folder, '.members-'));
  try {
    const extracted = await run(['ar', 'x', file], { cwd: members });
    if (!extracted.ok) return extracted;
    return await run(['sh', '-c', 'tar -x -f "$0"/data.tar.* -C "$1"', members, folder]);
  } finally {
    await rm(members, { recursive: true, force: true });
  }
}
