import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { firstLine } from '../testing/processes.ts';
import { monotonicMs } from '../units.ts';
import { cpuWaitMs } from './cpu-wait.ts';

const started: ChildProcess[] = [];
afterEach(async () => {
  for (const child of started.splice(0)) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
});

/** A process whose threads all want a CPU at once, and all the time: three for each that there is. */
async function startCrowd(): Promise<number> {
  const threads = 3 * os.availableParallelism();
  const child = spawn(process.execPath, [
    '-e',
    `const { Worker } = require('node:worker_threads');
    for (let thread = 0; thread < ${threads}; thread++) new Worker('for (;;);', { eval: true });
    console.log('started');`,
  ]);
  started.push(child);
  await firstLine(child.stdout);
  return Number(child.pid);
}

test.runIf(process.platform === 'linux')('threads that outnumber the CPUs wait, each for itself', async () => {
  const startedAt = monotonicMs();
  const pid = await startCrowd();
  await expect.poll(() => cpuWaitMs(pid), { timeout: 240_000 }).toBeGreaterThan(500);
  // Together they have waited for more than there was.
  expect(cpuWaitMs(pid)).toBeLessThan(monotonicMs() - startedAt);
});

test('a process that has ended waits for nothing', async () => {
  const child = spawn(process.execPath, ['--version']);
  await once(child, 'close');
  expect(cpuWaitMs(Number(child.pid))).toBe(0);
});
