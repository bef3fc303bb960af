import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packCpio } from './pack-cpio.mjs';
import { run } from './run.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pack-cpio-'));
});
afterEach(() => rm(folder, { recursive: true }));

const entries = [
  { path: 'tests/abort_test', content: 'program', mode: 0o755 },
  { path: 'bin/busybox', content: 'busybox', mode: 0o755 },
  { path: 'bin/sh', link: 'busybox' },
  { path: 'tmp', folder: true },
];

describe('packCpio', () => {
  test('gives the same bytes for the same files, in whatever order and with whatever umask', async () => {
    const [one, two] = [join(folder, 'one.cpio'), join(folder, 'two.cpio')];
    await packCpio(entries, one);
    const script = `import { packCpio } from ${JSON.stringify(new URL('pack-cpio.mjs', import.meta.url).href)};
      process.umask(0o077);
      await packCpio(${JSON.stringify(entries.toReversed())}, ${JSON.stringify(two)});`;
    expect(await run([process.execPath, '--input-type=module', '-e', script])).toMatchObject({ ok: true, words: '' });
    expect((await readFile(one)).equals(await readFile(two))).toBe(true);
  });

  test("packs the folders above every file, all of it as root's", async () => {
    const archive = join(folder, 'one.cpio');
    await packCpio(entries, archive);
    const { words } = await run(['cpio', '-itv', '--quiet', '--numeric-uid-gid', '-F', archive]);
    const lines = words.split('\n').map((line) => line.split(/\s+/));
    expect(lines.map(([mode, , uid, gid]) => [mode, uid, gid].join(' '))).toEqual([
      'drwxr-xr-x 0 0',
      '-rwxr-xr-x 0 0',
      'lrwxrwxrwx 0 0',
      'drwxr-xr-x 0 0',
      '-rwxr-xr-x 0 0',
      'drwxr-xr-x 0 0',
    ]);
  });
});
