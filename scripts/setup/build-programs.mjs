import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isCurrent, keyOf, rebuild } from './build-when-changed.mjs';
import { compilerFor } from './compile-arguments.mjs';
import { BuildError } from './errors.mjs';
import { forEachParallel } from './parallel.mjs';
import { run } from './run.mjs';

/**
 * Compiles the guest programs of one architecture, and a sabotaged twin of each that names a function for it.
 * @param {import('./set-up.mjs').Context} context
 * @param {{ arch: string, programs: object[], packages: object, clang: string | undefined }} plan `clang`: its version
 * @returns {Promise<{ name: string, sabotaged: boolean, output: string, key: string }[]>} every program, as it is now
 * @throws {BuildError} with the compiler's words about every program that does not compile
 */
export async function buildPrograms(context, { arch, programs, packages, clang }) {
  const folder = join(context.build, 'guests', arch);
  const argumentsFor = await compilerFor(arch, packages, context.suites);
  const builds = programs.flatMap((program) =>
    [false, true]
      .filter((sabotaged) => !sabotaged || program.sabotage)
      .map((sabotaged) => {
        const argv = argumentsFor(program, sabotaged ? program.sabotage : undefined);
        const key = keyOf(clang, packages.musl.origin, packages.libgcc.origin, argv, ...program.inputs);
        const output = join(folder, sabotaged ? 'sabotaged' : '.', program.name);
        return { name: program.name, sabotaged, output, key, argv };
      }),
  );
  const current = await Promise.all(builds.map(({ output, key }) => isCurrent(output, key)));
  const stale = builds.filter((_, index) => !current[index]);
  if (stale.length > 0) {
    context.act('compile', `${stale.length} guest programs for ${arch}`);
    if (!context.dryRun) await compileAll(stale);
  }
  if (!context.dryRun) await removeOthers(folder, builds);
  return builds;
}

async function compileAll(builds) {
  const complaints = [];
  await forEachParallel(builds, ({ output, key, argv }) =>
    rebuild(output, key, async (file) => {
      const { ok, words } = await run([...argv, '-o', file]);
      if (!ok) throw new BuildError(words);
    }).catch((error) => complaints.push(error)),
  );
  const own = complaints.find((error) => !(error instanceof BuildError));
  if (own) throw own;
  // A program and its sabotaged twin fail with the same words; in order, those of both architectures are the same, too.
  const words = new Set(complaints.map(({ message }) => message));
  if (words.size > 0) throw new BuildError([...words].sort().join('\n'));
}

/** Programs whose source is gone would otherwise stay for ever. */
async function removeOthers(folder, builds) {
  const wanted = new Set(builds.flatMap(({ output }) => [output, `${output}.key`]));
  for (const place of [folder, join(folder, 'sabotaged')]) {
    for (const entry of await readdir(place, { withFileTypes: true }).catch(() => [])) {
      const path = join(place, entry.name);
      if (entry.isFile() && !wanted.has(path) && !isDraft(entry.name)) await rm(path, { force: true });
    }
  }
}

/** A file that another run is writing just now ends in its process id. */
function isDraft(name) {
  return /\.\d+(?:\.key)?$/.test(name);
}
