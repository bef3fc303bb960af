import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildCalamity } from '../../fixtures/calamity/build.mjs';
import { buildDataDisk } from './build-data-disk.mjs';
import { buildLinux } from './build-linux.mjs';
import { buildPackage } from './build-package.mjs';
import { buildPrograms } from './build-programs.mjs';
import { BuildError, UnavailableError } from './errors.mjs';
import { findPrograms } from './find-programs.mjs';
import { finishAll } from './finish-all.mjs';
import { fetchGuestPackages } from './guest-packages.mjs';
import { architectures } from './guest-table.mjs';
import { installTools } from './install-tools.mjs';
import { describeOrigin } from './package-cache.mjs';
import { searchPath } from './tools.mjs';
import { compareVersions } from './versions.mjs';

const OLDEST_NODE = '20.19';

/**
 * What every step knows.
 * @typedef {object} Context
 * @property {boolean} dryRun say what would be done, and do nothing
 * @property {string} root the repository
 * @property {(what: string) => void} say
 * @property {(what: string) => void} mention says something only when asked to be verbose
 * @property {(verb: keyof typeof DOING, object: string) => void} act announces a change before it is made
 * @property {string} suites the folder of the suites
 * @property {string} linux the sources of the Linux fixture
 * @property {string} build where everything built goes
 */

const DOING = {
  install: 'installing',
  fetch: 'fetching',
  unpack: 'unpacking',
  compile: 'compiling',
  pack: 'packing',
  copy: 'copying',
  make: 'making',
};

/**
 * Makes this machine ready, doing only what is not done yet.
 * @param {{ dryRun: boolean, verbose: boolean }} options
 * @throws {import('./errors.mjs').SetupError}
 */
export async function setUp(options) {
  if (compareVersions(process.versions.node, OLDEST_NODE) < 0) {
    throw new UnavailableError(`setup: needs Node ${OLDEST_NODE} or newer, this is ${process.versions.node}`);
  }
  const context = createContext(options);
  process.env.PATH = searchPath(process.env.PATH);
  const versions = await installTools(context);
  const programs = await findPrograms(context.suites);
  await finishAll([
    buildPackage(context),
    buildDataDisk(context),
    buildCalamityFixture(context),
    ...architectures.map((arch) => buildForArchitecture(context, arch, programs, versions.clang)),
  ]);
}

function createContext({ dryRun, verbose }) {
  const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
  const say = (what) => console.log(`setup: ${what}`);
  return {
    dryRun,
    root,
    say,
    act: (verb, object) => say(`${dryRun ? `would ${verb}` : DOING[verb]} ${object}`),
    mention: (what) => verbose && say(what),
    suites: join(root, 'suites'),
    linux: join(root, 'fixtures/linux'),
    build: join(root, 'fixtures/.build'),
  };
}

async function buildForArchitecture(context, arch, programs, clang) {
  const packages = await fetchGuestPackages(context, arch);
  if (!packages) {
    // Only on a dry run: what is not there cannot be compared with what was built from it.
    context.act('compile', `the guest programs for ${arch}`);
    context.act('pack', `the initramfs of linux/${arch}`);
    return;
  }
  for (const { origin } of Object.values(packages)) context.mention(`${describeOrigin(origin)}  ok`);
  const built = await buildPrograms(context, { arch, programs, packages, clang });
  await buildLinux(context, { arch, packages, programs: built });
}

async function buildCalamityFixture(context) {
  const out = join(context.build, 'calamity');
  if (context.dryRun) return context.act('make', 'fixtures/calamity where its sources have changed');
  try {
    const { built } = await buildCalamity(out);
    if (built) context.say('built fixtures/calamity');
    else context.mention('fixtures/calamity  ok');
  } catch (cause) {
    if (!cause.stderr) throw cause;
    throw new BuildError(`setup: fixtures/calamity does not build:\n${cause.stderr.trim()}`, { cause });
  }
}
