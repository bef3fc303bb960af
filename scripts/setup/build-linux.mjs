import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent, keyOf, rebuild } from './build-when-changed.mjs';
import { readApplets } from './busybox-applets.mjs';
import { BuildError, UnavailableError } from './errors.mjs';
import { findFirst } from './find-first.mjs';
import { collectModules } from './kernel-modules.mjs';
import { packCpio } from './pack-cpio.mjs';
import { describeOrigin } from './package-cache.mjs';

/** Drivers for the machines that Twinboot describes, and the filesystem of their disk; the keyboard of a board that has none. */
const MODULES = ['virtio_pci', 'virtio_blk', 'virtio_net', 'virtio_input', 'ext4'];

/** Files of fixtures/linux and where they go in the guest. */
const SOURCES = [
  { source: 'init', path: 'init', mode: 0o755 },
  { source: 'prove_failure', path: 'tests/prove_failure', mode: 0o755 },
  { source: 'udhcpc.script', path: 'etc/udhcpc.script', mode: 0o755 },
  { source: 'shrc', path: 'etc/shrc' },
  { source: 'passwd', path: 'etc/passwd' },
  { source: 'group', path: 'etc/group' },
  { source: 'hosts', path: 'etc/hosts' },
];

/** The code that decides what an image looks like is an input of it, too. */
const RECIPE = ['build-linux', 'busybox-applets', 'kernel-modules', 'modinfo', 'module-closure', 'pack-cpio'];

/**
 * Builds the Linux fixture of one architecture: kernel, initramfs.cpio and version.txt in fixtures/.build/linux/ARCH.
 * @param {import('./set-up.mjs').Context} context
 * @param {{ arch: string, packages: Record<string, { folder: string, origin: string }>, programs: object[] }} parts
 */
export async function buildLinux(context, { arch, packages, programs }) {
  const folder = join(context.build, 'linux', arch);
  const { linux, busybox } = packages;
  const initramfs = join(folder, 'initramfs.cpio');
  const initramfsKey = await initramfsKeyOf(context, packages, programs);
  if (!(await isCurrent(initramfs, initramfsKey))) {
    context.act('pack', `the initramfs of linux/${arch}`);
    if (!context.dryRun) {
      const entries = await listEntries(context, { linux, busybox, programs });
      await rebuild(initramfs, initramfsKey, (file) => packCpio(entries, file));
    }
  }
  const kernel = join(folder, 'kernel');
  const kernelKey = keyOf(linux.origin);
  if (!(await isCurrent(kernel, kernelKey))) {
    context.act('copy', `the kernel of linux/${arch}`);
    if (!context.dryRun) {
      await rebuild(kernel, kernelKey, async (file) => copyFile(await findKernel(linux.folder), file));
      await writeFile(join(folder, 'version.txt'), `${describeOrigin(linux.origin)}\n`);
    }
  }
}

async function initramfsKeyOf(context, { linux, busybox }, programs) {
  const recipe = RECIPE.map((name) => fileURLToPath(new URL(`${name}.mjs`, import.meta.url)));
  const sources = SOURCES.map(({ source }) => join(context.linux, source));
  const texts = await Promise.all([...recipe, ...sources].map((file) => readFile(file)));
  return keyOf(
    linux.origin,
    busybox.origin,
    programs.map(({ name, sabotaged, key }) => [name, sabotaged, key]),
    ...texts,
  );
}

async function listEntries(context, { linux, busybox, programs }) {
  const program = await findFirst([join(busybox.folder, 'bin'), join(busybox.folder, 'usr/bin')], /^busybox$/);
  if (!program) throw new UnavailableError(`setup: no busybox in ${busybox.folder}`);
  const applets = readApplets(await readFile(program)).filter((name) => name !== 'busybox');
  if (applets.length === 0) throw new UnavailableError(`setup: cannot tell the applets of ${program}`);
  return [
    ...['dev', 'proc', 'sys', 'tmp', 'mnt', 'tests'].map((path) => ({ path, folder: true })),
    { path: 'bin/busybox', copy: program, mode: 0o755 },
    ...applets.map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
    // One folder of programs under all its names; the kernel itself calls /sbin/modprobe.
    { path: 'sbin', link: 'bin' },
    ...['usr/bin', 'usr/sbin'].map((path) => ({ path, link: '../bin' })),
    ...SOURCES.map(({ source, ...entry }) => ({ ...entry, copy: join(context.linux, source) })),
    ...programs.map(({ name, sabotaged, output }) => {
      return { path: join('tests', sabotaged ? 'sabotaged' : '.', name), copy: output, mode: 0o755 };
    }),
    ...(await collectGuestModules(linux.folder)),
  ];
}

async function collectGuestModules(folder) {
  try {
    return (await collectModules(folder, MODULES)).files;
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new BuildError(`setup: the kernel in ${folder} will not do: ${cause.message}`, { cause });
  }
}

async function findKernel(folder) {
  const kernel = await findFirst([join(folder, 'boot')], /^vmlinuz-/);
  if (!kernel) throw new UnavailableError(`setup: no kernel in ${folder}/boot`);
  return kernel;
}
