import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { choosePackages, parseDependencies } from './choose-packages.mjs';
import { candidatesOf, guestTable } from './guest-table.mjs';
import { lastWords } from './last-words.mjs';
import { run } from './run.mjs';

/**
 * Downloads the packages of the given roles for an architecture into `folder`, with apt, as any user, whatever the
 * host's own architecture is, and without touching what the host's apt and dpkg know. The host's sources are asked
 * first; then, where the guest table names one, the distribution's own archive, for Ubuntu's sources know only the
 * host's architecture.
 *
 * @param {object[]} specs entries of the guest table's `packages`
 * @param {string} arch
 * @param {string} folder empty; what apt needs to remember stays in it
 * @returns {Promise<{ ok: true, files: Record<string, string[]> } | { ok: false, words: string }>} the .deb files by role
 */
export async function downloadWithApt(specs, arch, folder) {
  let outcome;
  for (const sources of ['host', 'archive']) {
    const apt = await privateApt(arch, join(folder, sources), sources);
    if (!apt) continue;
    outcome = await download(specs, arch, apt);
    if (outcome.ok) break;
  }
  return outcome;
}

async function download(specs, arch, apt) {
  // A source that fails does not matter while the packages are found in the others.
  const update = await apt.run('apt-get', '-q', 'update');
  const dependenciesOf = async (name) => {
    const { ok, stdout } = await apt.run('apt-cache', 'depends', name);
    return ok && stdout.length > 0 ? parseDependencies(stdout.toString()) : undefined;
  };
  const files = {};
  for (const spec of specs) {
    const names = await choosePackages(spec, arch, dependenciesOf);
    if (!names)
      return { ok: false, words: `  no package ${candidatesOf(spec, arch).join(' or ')}\n${lastWords(update.words)}` };
    files[spec.role] = [];
    for (const name of names) {
      // --print-uris gives the file's name, which carries the version: 'URI' NAME SIZE HASH.
      const uris = await apt.run('apt-get', '-q', 'download', '--print-uris', name);
      const file = / (\S+\.deb) /.exec(uris.stdout.toString())?.[1];
      const got = await apt.run('apt-get', '-q', 'download', name);
      if (!got.ok || !file) return { ok: false, words: lastWords(got.words) };
      files[spec.role].push(join(apt.folder, file));
    }
  }
  return { ok: true, files };
}

/** An apt that keeps everything in `folder`; `undefined` when this distribution's archive is not known. */
async function privateApt(arch, folder, sources) {
  const { debian } = guestTable.architectures[arch];
  const list = sources === 'archive' ? await archiveSources(debian) : '';
  if (list === undefined) return undefined;
  for (const sub of ['lists/partial', 'cache/archives/partial', 'parts'])
    await mkdir(join(folder, sub), { recursive: true });
  const configuration = [
    `APT::Architecture "${debian}";`,
    // Cleared first: the host's own list would be added to.
    `#clear APT::Architectures;`,
    `APT::Architectures { "${debian}"; };`,
    `Dir::State::Lists "${folder}/lists";`,
    `Dir::State::status "/dev/null";`,
    `Dir::Cache "${folder}/cache";`,
    // Root's downloads go through the user _apt, which may not write here.
    `APT::Sandbox::User "root";`,
    `Acquire::Languages "none";`,
    `Acquire::Retries "2";`,
    // What distributions hang on an update (caches, clean-up) is for the host's own lists.
    ...['Pre-Invoke', 'Post-Invoke', 'Post-Invoke-Success'].map((hook) => `#clear APT::Update::${hook};`),
  ];
  if (list) {
    await writeFile(join(folder, 'sources.list'), list);
    configuration.push(`Dir::Etc::SourceList "${folder}/sources.list";`, `Dir::Etc::SourceParts "${folder}/parts";`);
  }
  const file = join(folder, 'apt.conf');
  await writeFile(file, `${configuration.join('\n')}\n`);
  const env = { ...process.env, LC_ALL: 'C' };
  return { folder, run: (program, ...args) => run([program, '-c', file, ...args], { cwd: folder, env }) };
}

async function archiveSources(debian) {
  const release = parseOsRelease(await readFile('/etc/os-release', 'utf8').catch(() => ''));
  const archive = guestTable.archives[release.ID];
  if (!archive || !release.VERSION_CODENAME) return undefined;
  return `deb [signed-by=${archive.keyring}] ${archive[debian]} ${release.VERSION_CODENAME} ${archive.components}\n`;
}

/** The fields of /etc/os-release, without their quotes. */
export function parseOsRelease(text) {
  return Object.fromEntries([...text.matchAll(/^(\w+)="?(.*?)"?$/gm)].map(([, key, value]) => [key, value]));
}
