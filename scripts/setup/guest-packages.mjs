import { basename, resolve } from 'node:path';
import { downloadWithApt } from './apt.mjs';
import { UnavailableError } from './errors.mjs';
import { candidatesOf, guestTable, variableOf } from './guest-table.mjs';
import { cacheFolder, describeFile, lookUp, store, withWorkFolder } from './package-cache.mjs';
import { findManager } from './package-manager.mjs';
import { unpackDeb } from './unpack-deb.mjs';

/**
 * Sees to it that an architecture's packages lie unpacked in the cache.
 * @param {import('./set-up.mjs').Context} context
 * @returns {Promise<Record<string, { folder: string, origin: string }> | undefined>} by role; `undefined` on a dry run
 *   that would have to fetch some
 */
export async function fetchGuestPackages(context, arch) {
  const cache = cacheFolder();
  const found = {};
  const absent = [];
  for (const spec of guestTable.packages) {
    const named = process.env[variableOf(spec, arch)];
    const entry = named ? await useNamedFiles(context, cache, arch, spec, named) : await lookUp(cache, arch, spec.role);
    if (entry) found[spec.role] = entry;
    else if (!named) absent.push(spec);
  }
  if (absent.length > 0) {
    if (findManager() !== 'apt') throw new UnavailableError(explainAbsence(absent, arch));
    const names = absent.map((spec) => candidatesOf(spec, arch)[0]);
    context.act('fetch', `${names.join(', ')} for ${arch}`);
    if (!context.dryRun) Object.assign(found, await fetch(cache, arch, absent));
  }
  return guestTable.packages.every(({ role }) => found[role]) ? found : undefined;
}

/** The packages whose .deb files the user names; unpacked again when these are not the ones in the cache. */
async function useNamedFiles(context, cache, arch, spec, named) {
  const files = named.split(':').map((file) => resolve(file));
  const variable = variableOf(spec, arch);
  const descriptions = await Promise.all(files.map(describeFile)).catch((cause) => {
    throw new UnavailableError(`setup: ${variable} names a file that cannot be read: ${cause.message}`, { cause });
  });
  const origin = descriptions.join('\n');
  const cached = await lookUp(cache, arch, spec.role);
  if (cached?.origin === origin) return cached;
  context.act('unpack', `${files.map((file) => basename(file)).join(', ')} (${variable})`);
  return context.dryRun ? undefined : unpack(cache, arch, spec.role, files, origin);
}

function fetch(cache, arch, specs) {
  return withWorkFolder(cache, async (work) => {
    const outcome = await downloadWithApt(specs, arch, work);
    if (!outcome.ok) {
      throw new UnavailableError(`setup: apt cannot fetch the packages for ${arch}:\n${outcome.words}`);
    }
    const entries = Object.entries(outcome.files).map(async ([role, files]) => {
      const origin = files.map((file) => basename(file)).join('\n');
      return [role, await unpack(cache, arch, role, files, origin)];
    });
    return Object.fromEntries(await Promise.all(entries));
  });
}

function unpack(cache, arch, role, files, origin) {
  return store(cache, arch, role, origin, async (folder) => {
    for (const file of files) await unpackDeb(file, folder);
  });
}

function explainAbsence(specs, arch) {
  const lines = specs.map(
    (spec) => `  ${variableOf(spec, arch)}=FILE  ${candidatesOf(spec, arch).join(' or ')}: ${spec.purpose}`,
  );
  return `setup: the Linux fixture is made of Debian's packages, and there is no apt here to fetch them.
Download these for ${guestTable.architectures[arch].debian} from https://packages.debian.org/ and name the files:
${lines.join('\n')}
(linux-image-cloud-* is only a name: take the linux-image-VERSION-cloud-* package that it depends on.)`;
}
