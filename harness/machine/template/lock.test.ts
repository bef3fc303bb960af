import { type ChildProcess, spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { firstLine } from '../../testing/processes.ts';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import { LockBusy, withLock } from './lock.ts';

const PATIENT = 120_000;

let scratch: ScratchFolder;
let lock: string;
const holders: ChildProcess[] = [];

beforeEach(() => {
  scratch = new ScratchFolder();
  lock = scratch.at('lock');
});
afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  scratch[Symbol.dispose]();
});

/** Another process that holds the lock until it is killed or its stdin ends. */
async function holdElsewhere(): Promise<ChildProcess> {
  const holder = spawn('flock', ['--no-fork', lock, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  holders.push(holder);
  expect(await firstLine(holder.stdout)).toBe('held');
  return holder;
}

test('what the work gives is given, and the lock is free afterwards', async () => {
  expect(await withLock(lock, PATIENT, async () => 7)).toBe(7);
  expect(await withLock(lock, 0, async () => 8)).toBe(8);
});

test('what the work throws is thrown, and the lock is free afterwards', async () => {
  await expect(withLock(lock, PATIENT, () => Promise.reject(new Error('no use')))).rejects.toThrow('no use');
  expect(await withLock(lock, 0, async () => 8)).toBe(8);
});

test('only one at a time works', async () => {
  const events: string[] = [];
  const work = (name: string) =>
    withLock(lock, PATIENT, async () => {
      events.push(`${name} begins`);
      await withLock(`${lock}.other`, PATIENT, async () => {}); // A while, in which the others would come in.
      events.push(`${name} ends`);
    });
  await Promise.all(['a', 'b', 'c'].map(work));
  for (let at = 0; at < events.length; at += 2) expect(events[at + 1]).toBe(events[at]?.replace('begins', 'ends'));
  expect(events).toHaveLength(6);
});

test('a lock that another process holds is busy, and can be had once that is killed', async () => {
  const holder = await holdElsewhere();
  await expect(withLock(lock, 0, async () => 7)).rejects.toThrow(LockBusy);
  await expect(withLock(lock, 50, async () => 7)).rejects.toThrow(`another process holds the lock ${lock}`);
  const waiting = withLock(lock, PATIENT, async () => 'mine');
  holder.kill('SIGKILL');
  expect(await waiting).toBe('mine');
});

test('whoever waits works when the other one is done', async () => {
  const holder = await holdElsewhere();
  const waiting = withLock(lock, PATIENT, async () => 'mine');
  holder.stdin?.end();
  expect(await waiting).toBe('mine');
});

test('the lock file is for its owner alone, and an old one keeps its inode', async () => {
  await withLock(lock, PATIENT, async () => {});
  const { mode, ino } = statSync(lock);
  expect(mode & 0o777).toBe(0o600);
  await withLock(lock, PATIENT, async () => {});
  expect(statSync(lock).ino).toBe(ino);
});

test('one that cannot be is an error', async () => {
  writeFileSync(scratch.at('file'), '');
  await expect(withLock(path.join(scratch.at('file'), 'lock'), 0, async () => 7)).rejects.toThrow(/ENOTDIR/);
});
