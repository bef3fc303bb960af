import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findPrograms } from './find-programs.mjs';

let suites;
beforeEach(async () => {
  suites = join(await mkdtemp(join(tmpdir(), 'find-programs-')), 'suites');
  await write('guest/check.h', 'check');
  await write('guest/sabotage.c', 'sabotage');
});
afterEach(() => rm(dirname(suites), { recursive: true }));

async function write(path, text) {
  await mkdir(dirname(join(suites, path)), { recursive: true });
  await writeFile(join(suites, path), text);
}

describe('findPrograms', () => {
  test('finds the programs of every suite, and none in the support folder', async () => {
    await write('signals/kill_test.c', '/*\n * Sabotage: kill\n */\n');
    await write('exec/exec_test.c', '');
    await write('exec/exec.suite.ts', '');
    const programs = await findPrograms(suites);
    expect(programs.map(({ name, sabotage }) => [name, sabotage])).toEqual([
      ['exec_test', undefined],
      ['kill_test', 'kill'],
    ]);
  });

  test("counts the suite's headers and the support folder among a program's inputs, and no other suite's", async () => {
    await write('exec/exec_test.c', 'main');
    await write('exec/launch.h', 'launch');
    await write('fork/child.h', 'child');
    const [{ inputs }] = await findPrograms(suites);
    expect(inputs).toEqual(['main', 'launch.h', 'launch', 'check.h', 'check', 'sabotage.c', 'sabotage']);
  });

  test('refuses two programs of one name', async () => {
    await write('exec/exec_test.c', '');
    await write('fork/exec_test.c', '');
    await expect(findPrograms(suites)).rejects.toThrow('there is a program of this name: suites/exec/exec_test.c');
  });
});
