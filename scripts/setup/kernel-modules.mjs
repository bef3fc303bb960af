import { readdir, readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { UnavailableError } from './errors.mjs';
import { findFirst } from './find-first.mjs';
import { readModinfo } from './modinfo.mjs';
import { canonicalName, closeModules } from './module-closure.mjs';
import { run } from './run.mjs';

const DECOMPRESSORS = { '.xz': ['xz', '-dc'], '.zst': ['zstd', '-dc'], '.gz': ['gzip', '-dc'] };

/**
 * The files that modprobe needs in the guest to load the wanted modules. The package brings no modules.dep (depmod
 * writes it on installation), so dependencies are read from the modules themselves.
 *
 * @param {string} root the unpacked kernel package
 * @param {string[]} wanted
 * @returns {Promise<{ release: string, files: { path: string, content: Buffer | string }[] }>} paths as in the guest
 */
export async function collectModules(root, wanted) {
  const folder = await findFirst([join(root, 'lib/modules'), join(root, 'usr/lib/modules')], /^\d/);
  if (!folder) throw new UnavailableError(`setup: no kernel modules in ${root}`);
  const paths = await listModules(folder);
  const builtIn = new Set((await readFile(join(folder, 'modules.builtin'), 'utf8')).split('\n').map(moduleName));
  const loaded = await loadAll(wanted, paths, builtIn);
  const closed = closeModules(wanted, (name) => (builtIn.has(name) ? 'built-in' : loaded.get(name)));
  const pathOf = (name) => relative(folder, paths.get(name)).replace(/\.ko\..*$/, '.ko');
  const dependencies = [...closed.keys()].map(
    (name) =>
      `${pathOf(name)}:${transitive(closed, name)
        .map((need) => ` ${pathOf(need)}`)
        .join('')}\n`,
  );
  const aliases = [...closed.keys()].flatMap((name) =>
    loaded.get(name).aliases.map((alias) => `alias ${alias} ${name}\n`),
  );
  const release = basename(folder);
  const inGuest = (path) => join('lib/modules', release, path);
  return {
    release,
    files: [
      ...[...closed.keys()].map((name) => ({ path: inGuest(pathOf(name)), content: loaded.get(name).content })),
      { path: inGuest('modules.dep'), content: dependencies.join('') },
      { path: inGuest('modules.alias'), content: aliases.join('') },
    ],
  };
}

/** Everything a module needs, the last of which must be loaded first: what modules.dep holds. */
function transitive(closed, name) {
  const needed = new Set();
  const visit = (need) => {
    if (needed.has(need)) return;
    needed.add(need);
    closed.get(need).forEach(visit);
  };
  closed.get(name).forEach(visit);
  return [...closed.keys()].filter((other) => needed.has(other)).reverse();
}

/** Reads the wanted modules and whatever they lead to. */
async function loadAll(wanted, paths, builtIn) {
  const loaded = new Map();
  const queue = wanted.map(canonicalName);
  for (const name of queue) {
    if (loaded.has(name) || builtIn.has(name) || !paths.has(name)) continue;
    const content = await readModule(paths.get(name));
    const info = readModinfo(content);
    loaded.set(name, { ...info, content });
    queue.push(
      ...[...info.depends, ...info.soft, ...info.soft.map((service) => `${service}_generic`)].map(canonicalName),
    );
  }
  return loaded;
}

async function readModule(path) {
  const decompressor = DECOMPRESSORS[/\.[a-z]+$/.exec(path)?.[0]];
  if (!decompressor) return readFile(path);
  const { ok, stdout } = await run([...decompressor, path]);
  if (!ok) throw new UnavailableError(`setup: ${decompressor[0]} is needed to unpack ${path}`);
  return stdout;
}

/** The path of every module of a kernel, by canonical name. */
async function listModules(folder) {
  const files = await readdir(join(folder, 'kernel'), { recursive: true });
  return new Map(
    files
      .filter((file) => /\.ko(?:\.\w+)?$/.test(file))
      .map((file) => [moduleName(file), join(folder, 'kernel', file)]),
  );
}

function moduleName(path) {
  return canonicalName(basename(path).replace(/\.ko(?:\.\w+)?$/, ''));
}
