import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createRunDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import { Footprint } from './footprint.ts';

test('a run directory that stays is left, until it is removed', () => {
  const footprint = new Footprint();
  footprint.settle();
  expect(footprint.left()).toEqual([]);
  const directory = createRunDirectory();
  expect(footprint.left()).toEqual([directory]);
  removeRunDirectory(directory);
  expect(footprint.left()).toEqual([]);
});

test.skipIf(process.platform !== 'linux')('a process that goes on is left, until it is reaped', async () => {
  const footprint = new Footprint();
  footprint.settle();
  const child = spawn('cat', { stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.write('.');
  await once(child.stdout, 'data'); // It is itself then, and not yet another image of this process.
  expect(footprint.left()).toEqual([String(child.pid)]);
  child.stdin.end();
  await once(child, 'close');
  expect(footprint.left()).toEqual([]);
});

test('a file that stays open is seen', () => {
  const footprint = new Footprint();
  const before = footprint.openFiles();
  const file = openSync(path.join(import.meta.dirname, 'footprint.ts'), 'r');
  expect(footprint.openFiles()).toBe(before + 1);
  closeSync(file);
  expect(footprint.openFiles()).toBe(before);
});

test('what is still reachable counts, what is not does not', () => {
  const footprint = new Footprint();
  footprint.liveBytes(); // What it loads itself is loaded then.
  const before = footprint.liveBytes();
  const kept = Array.from({ length: 8 }, () => Buffer.alloc(2 ** 20));
  expect(footprint.liveBytes() - before).toBeGreaterThan(7 * 2 ** 20);
  kept.length = 0;
  expect(footprint.liveBytes() - before).toBeLessThan(2 * 2 ** 20);
});
