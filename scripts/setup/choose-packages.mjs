import { candidatesOf } from './guest-table.mjs';

/**
 * The packages that fill a role on an architecture: the first candidate that exists, or, where that is a metapackage,
 * what it depends on (linux-image-cloud-amd64 is only a name for the newest linux-image-6.1.0-N-cloud-amd64).
 *
 * @param {{ candidates: string[], follow?: string }} spec
 * @param {string} arch
 * @param {(name: string) => Promise<string[] | undefined>} dependenciesOf `undefined` when there is no such package
 * @returns {Promise<string[] | undefined>} `undefined` when no candidate exists
 */
export async function choosePackages(spec, arch, dependenciesOf) {
  for (const candidate of candidatesOf(spec, arch)) {
    const dependencies = await dependenciesOf(candidate);
    if (!dependencies) continue;
    if (!spec.follow) return [candidate];
    const followed = await follow(dependencies, new RegExp(spec.follow), dependenciesOf);
    if (followed.length > 0) return followed;
  }
  return undefined;
}

async function follow(names, pattern, dependenciesOf, seen = new Set()) {
  for (const name of names) {
    if (seen.has(name) || !pattern.test(name)) continue;
    seen.add(name);
    await follow((await dependenciesOf(name)) ?? [], pattern, dependenciesOf, seen);
  }
  return [...seen];
}

/** The names in what `apt-cache depends` prints; only real dependencies, not what is recommended. */
export function parseDependencies(words) {
  return [...words.matchAll(/^\s*\|?Depends: <?([^\s<>]+)>?$/gm)].map(([, name]) => name);
}
