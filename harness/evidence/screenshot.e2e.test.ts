import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { type Arch, archNames } from '../arch/archs.ts';
import { Machine } from '../machine/machine.ts';
import { calamityPlan } from '../testing/calamity-plan.ts';
import { ScratchFolder } from '../testing/scratch-folder.ts';
import { writeScreenshot } from './screenshot.ts';

const DISPLAYS: Readonly<Record<Arch, readonly string[]>> = {
  x86_64: ['-device', 'VGA'],
  aarch64: ['-device', 'ramfb'],
};

function bootWith(arch: Arch, qemu: readonly string[]): Promise<Machine> {
  return Machine.boot(calamityPlan(arch, { machine: { qemu } }).plan);
}

test.each(archNames)('a machine with a display shows it (%s)', async (arch) => {
  using scratch = new ScratchFolder();
  await using machine = await bootWith(arch, DISPLAYS[arch]);
  await writeScreenshot(machine, scratch.path);
  expect(readdirSync(scratch.path)).toEqual(['screenshot.png']);
  const PNG = '\x89PNG\r\n\x1a\n';
  expect(readFileSync(path.join(scratch.path, 'screenshot.png'), 'latin1').startsWith(PNG)).toBe(true);
});

test.each(archNames)('a machine without a display has none to show (%s)', async (arch) => {
  using scratch = new ScratchFolder();
  await using machine = await bootWith(arch, []);
  await writeScreenshot(machine, scratch.path);
  expect(readdirSync(scratch.path)).toEqual([]);
});

test('nobody waits for ever for a machine that does not answer, nor for one that has ended', async () => {
  using scratch = new ScratchFolder();
  await using machine = await bootWith('x86_64', DISPLAYS.x86_64);
  process.kill(Number(machine.pid), 'SIGSTOP');
  await writeScreenshot(machine, scratch.path);
  process.kill(Number(machine.pid), 'SIGCONT');
  await machine.stop();
  await writeScreenshot(machine, scratch.path);
  expect(readdirSync(scratch.path)).toEqual([]);
});
