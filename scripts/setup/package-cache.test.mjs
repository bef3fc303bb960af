import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cacheFolder, describeOrigin, lookUp, store } from './package-cache.mjs';

let cache;
beforeEach(async () => {
  cache = join(await mkdtemp(join(tmpdir(), 'package-cache-')), 'twinboot');
});
afterEach(() => rm(join(cache, '..'), { recursive: true }));

const fillWith = (text) => (folder) => writeFile(join(folder, 'kernel'), text);

describe('the package cache', () => {
  test("gives back what was stored, and is nobody else's to read", async () => {
    await store(cache, 'x86_64', 'linux', 'linux_1.deb', fillWith('one'));
    const { folder, origin } = await lookUp(cache, 'x86_64', 'linux');
    expect(origin).toBe('linux_1.deb');
    expect(await readFile(join(folder, 'kernel'), 'utf8')).toBe('one');
    expect((await stat(cache)).mode & 0o777).toBe(0o700);
    expect(await lookUp(cache, 'aarch64', 'linux')).toBeUndefined();
  });

  test('replaces what is there, as a whole', async () => {
    await store(cache, 'x86_64', 'linux', 'linux_1.deb', (folder) => writeFile(join(folder, 'old'), ''));
    const { folder } = await store(cache, 'x86_64', 'linux', 'linux_2.deb', fillWith('two'));
    expect((await readdir(folder)).sort()).toEqual(['.origin', 'kernel']);
    expect((await lookUp(cache, 'x86_64', 'linux')).origin).toBe('linux_2.deb');
  });

  test('holds nothing of a package that could not be unpacked', async () => {
    const failing = store(cache, 'x86_64', 'linux', 'linux_1.deb', async (folder) => {
      await writeFile(join(folder, 'half'), '');
      throw new Error('no space left');
    });
    await expect(failing).rejects.toThrow('no space left');
    expect(await lookUp(cache, 'x86_64', 'linux')).toBeUndefined();
    expect(await readdir(cache)).toEqual([]);
  });

  test('removes what a killed run left behind, and not what another is filling', async () => {
    const dead = spawnSync(process.execPath, ['--version']).pid;
    await mkdir(join(cache, `.work-${dead}-0`), { recursive: true });
    await mkdir(join(cache, `.work-${process.ppid}-0`));
    await store(cache, 'x86_64', 'linux', 'linux_1.deb', fillWith('one'));
    expect((await readdir(cache)).sort()).toEqual([`.work-${process.ppid}-0`, 'debian']);
  });
});

describe('cacheFolder', () => {
  test('is where the environment says', () => {
    expect(cacheFolder({ TWINBOOT_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
    expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/twinboot');
    expect(cacheFolder({})).toMatch(/\/\.cache\/twinboot$/);
  });
});

describe('describeOrigin', () => {
  test.each([
    'linux-image-6.1.0-49-cloud-amd64_6.1.172-1_amd64.deb\nlinux-modules-6.1.0-49_6.1.172-1_amd64.deb',
    '/home/me/linux-image-6.1.0-49-cloud-amd64_6.1.172-1_amd64.deb 26713492 1795252194000',
  ])('reads name, version and architecture from %j', (origin) => {
    expect(describeOrigin(origin)).toBe('linux-image-6.1.0-49-cloud-amd64 6.1.172-1 amd64');
  });
});
