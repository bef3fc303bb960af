import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { BuildError } from './errors.mjs';
import { parseHeader } from './program-header.mjs';

/** The folder beside the suites that holds what every guest program may include, and no program. */
const SUPPORT = 'guest';

/**
 * The guest programs of all suites, by name: every suites/SUITE/NAME.c.
 * @returns {Promise<{ name: string, file: string, inputs: string[], link: string[], sabotage?: string }[]>} `inputs`:
 *   the texts that the program is compiled from: its own, its suite's headers, the support folder
 * @throws {BuildError} when two suites have a program of one name: all of them share one folder in the guest
 */
export async function findPrograms(suites) {
  const folders = (await readdir(suites, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  const support = await readTexts(join(suites, SUPPORT), /\.[ch]$/);
  const programs = new Map();
  for (const { name: suite } of folders.filter(({ name }) => name !== SUPPORT)) {
    const headers = await readTexts(join(suites, suite), /\.h$/);
    for (const { file, text } of await readTexts(join(suites, suite), /\.c$/)) {
      const name = basename(file, '.c');
      const other = programs.get(name)?.file;
      if (other)
        throw new BuildError(`${shorten(suites, file)}: there is a program of this name: ${shorten(suites, other)}`);
      const inputs = [text, ...[...headers, ...support].flatMap((header) => [basename(header.file), header.text])];
      programs.set(name, { name, file, inputs, ...parseHeader(text, shorten(suites, file)) });
    }
  }
  return [...programs.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function readTexts(folder, pattern) {
  const names = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({ file: join(folder, name), text: await readFile(join(folder, name), 'utf8') })),
  );
}

function shorten(suites, file) {
  return relative(join(suites, '..'), file);
}
