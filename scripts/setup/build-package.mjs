import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isCurrent, keyOf, recordKey } from './build-when-changed.mjs';
import { BuildError, UnavailableError } from './errors.mjs';
import { lastWords } from './last-words.mjs';
import { run } from './run.mjs';

/**
 * Installs the libraries that package-lock.json names, then compiles the harness into dist/.
 * @param {import('./set-up.mjs').Context} context
 */
export async function buildPackage(context) {
  await installLibraries(context);
  await compileHarness(context);
}

async function installLibraries(context) {
  const installed = join(context.root, 'node_modules/.package-lock.json');
  const key = keyOf(await readFile(join(context.root, 'package-lock.json')), process.versions.modules);
  if (await isCurrent(installed, key)) return context.mention('node_modules  ok');
  context.act('install', 'the libraries that package-lock.json names');
  if (context.dryRun) return;
  // Not `npm ci`: it refuses a lock file without the packages of other platforms, which not every registry offers.
  const npm = await run(['npm', 'install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: context.root,
  });
  if (!npm.ok) throw new UnavailableError(`setup: npm cannot install the libraries:\n${lastWords(npm.words)}`);
  await recordKey(installed, key);
}

async function compileHarness(context) {
  const built = join(context.root, 'dist/results.schema.json');
  const key = keyOf(...(await readSources(context.root)));
  if (await isCurrent(built, key)) return context.mention('dist  ok');
  context.act('compile', 'the harness');
  if (context.dryRun) return;
  const npm = await run(['npm', 'run', 'build', '--silent'], { cwd: context.root });
  if (!npm.ok) throw new BuildError(`setup: the harness does not compile:\n${npm.words}`);
  await recordKey(built, key);
}

/** Name and content of everything that dist/ is made from. */
async function readSources(root) {
  const files = [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'scripts/build.mjs',
    'scripts/build-page.mjs',
    'package-lock.json',
    'fixtures/linux/target.ts',
  ];
  for (const folder of ['harness', 'qemu-profiles']) {
    const names = await readdir(join(root, folder), { recursive: true });
    files.push(...names.filter((name) => /(?<!\.test)\.(ts|tsx|css)$/.test(name)).map((name) => join(folder, name)));
  }
  return (await Promise.all(files.sort().map(async (file) => [file, await readFile(join(root, file))]))).flat();
}
