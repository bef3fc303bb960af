import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isCurrent, keyOf, rebuild } from './build-when-changed.mjs';
import { BuildError } from './errors.mjs';
import { lastWords } from './last-words.mjs';
import { IMAGE_TIME } from './pack-cpio.mjs';
import { run } from './run.mjs';

const SIZE = '16M';
const UUID = '0c1d6b1e-7c36-4a56-9b0e-54e2a1a3f001';

/** What suites of disks expect to find on the base image. */
const FILES = {
  'hello.txt': Buffer.from('hello from the base image\n'),
  'base/a': Buffer.alloc(1, 'a'),
  'base/b': Buffer.alloc(4096, 'b'),
  'base/c': Buffer.from(Array.from({ length: 1 << 20 }, (_, index) => index % 251)),
};

/**
 * Builds the ext4 disk fixtures/.build/linux/data.ext4: the same bytes on every machine with the same e2fsprogs.
 * @param {import('./set-up.mjs').Context} context
 */
export async function buildDataDisk(context) {
  const image = join(context.build, 'linux', 'data.ext4');
  const configuration = join(context.linux, 'mke2fs.conf');
  const key = keyOf(await readFile(fileURLToPath(import.meta.url)), await readFile(configuration));
  if (await isCurrent(image, key)) return;
  context.act('make', 'the ext4 disk of the Linux fixture');
  if (!context.dryRun) await rebuild(image, key, (file) => makeImage(file, configuration));
}

async function makeImage(image, configuration) {
  const work = await mkdtemp(join(tmpdir(), 'twinboot-disk-'));
  // Both programs take the time from here instead of the clock.
  const env = { ...process.env, MKE2FS_CONFIG: configuration, E2FSPROGS_FAKE_TIME: `${IMAGE_TIME}` };
  try {
    const extended = `hash_seed=${UUID},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0`;
    const options = ['-q', '-F', '-t', 'ext4', '-L', 'twinboot', '-U', UUID, '-E', extended];
    const made = await run(['mke2fs', ...options, image, SIZE], { env });
    if (!made.ok) throw new BuildError(`setup: mke2fs cannot make ${image}:\n${lastWords(made.words)}`);
    // `mke2fs -d` would bring the builder's user and the files' change times with it; debugfs writes as root, now.
    const commands = [];
    for (const [index, [path, content]] of Object.entries(FILES).entries()) {
      await writeFile(join(work, `${index}`), content);
      await chmod(join(work, `${index}`), 0o644); // Whatever the builder's umask is: debugfs copies the mode.
      commands.push(`write ${index} ${path}`);
    }
    await writeFile(join(work, 'commands'), ['mkdir base', ...commands, ''].join('\n'));
    const filled = await run(['debugfs', '-w', '-f', 'commands', image], { cwd: work, env });
    // It exits 0 whatever happens. Its errors, and its name and version, are all that goes to stderr.
    const complaints = filled.stderr.split('\n').filter((line) => !/^debugfs \d/.test(line));
    if (!filled.ok || complaints.length > 0) {
      throw new BuildError(`setup: debugfs cannot fill ${image}:\n${lastWords(complaints.join('\n'))}`);
    }
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
