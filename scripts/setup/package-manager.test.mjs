import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandForPeople, findManager, installCommand, packagesOf } from './package-manager.mjs';
import { requiredTools, toolTable } from './tools.mjs';

let folder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'package-manager-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function installProgram(name) {
  await writeFile(join(folder, name), '#!/bin/sh\n');
  await chmod(join(folder, name), 0o755);
}

describe('findManager', () => {
  test('finds the one whose program is in PATH', async () => {
    await installProgram('pacman');
    expect(findManager(`/nonexistent:${folder}`)).toBe('pacman');
  });

  test('finds none in an empty folder', () => {
    expect(findManager(folder)).toBeUndefined();
  });
});

describe('packagesOf', () => {
  test('names a package that several tools come in once', () => {
    expect(packagesOf('brew', requiredTools('brew')).filter((name) => name === 'qemu')).toHaveLength(1);
  });

  test('brings the boot ROMs of QEMU network cards, which apt only recommends for ARM', () => {
    const arm = toolTable.tools.find(({ name }) => name === 'qemu-system-aarch64');
    expect(packagesOf('apt', [arm])).toContain('ipxe-qemu');
  });
});

describe('commandForPeople', () => {
  const cpio = toolTable.tools.filter(({ name }) => name === 'cpio');

  test('is one command that sudo runs, where there is sudo', async () => {
    await installProgram('sudo');
    const command = commandForPeople('apt', installCommand('apt', cpio), folder);
    expect(command).toMatch(/^sudo sh -c 'apt-get update; .*apt-get install .* cpio'$/);
  });

  test('falls back to su', () => {
    expect(commandForPeople('dnf', installCommand('dnf', cpio), folder)).toBe("su -c 'dnf install -y cpio'");
  });

  test('needs no rights with Homebrew', () => {
    expect(commandForPeople('brew', installCommand('brew', cpio), folder)).toBe('brew install cpio');
  });
});
