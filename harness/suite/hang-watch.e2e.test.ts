import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { calamity } from '../../fixtures/calamity/target.ts';
import type { Machine } from '../machine/machine.ts';
import { eventually } from '../testing/leftovers.ts';
import { isAlive } from '../testing/processes.ts';
import { listEnvironments } from './environment.ts';
import { SuiteRun } from './suite-run.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/** Long enough for a silent guest to be looked at, and more than a certain hang takes to be told. */
const LONG = 6_000;

/** Runs a guest that says something now and then. @param stopped Called once its QEMU has been stopped, with the pid. */
async function runAndStop(timeout: string, stopped: (pid: number) => Promise<void>) {
  const [environment] = listEnvironments({ targets: [calamity] });
  if (!environment) throw new TypeError('Calamity has an environment');
  const declared = {
    boot: { append: 'slow' },
    timeout,
    results: { lines: [{ match: /^done/, case: 'pass' }] },
  } as const;
  await using run = new SuiteRun(environment, { cases: { ticks: declared } }, PROJECT);
  let machine: Machine | undefined;
  const running = run.run(
    declared,
    async () => {},
    expect.fail,
    (_stage, started) => {
      machine = started;
    },
  );
  const ticks = () => machine?.console.since(0).some(({ text }) => text.includes('tick')) ?? false;
  expect(await eventually(ticks)).toBe(true);
  const pid = Number(machine?.pid);
  process.kill(pid, 'SIGSTOP');
  await stopped(pid);
  const { verdict } = await running;
  expect(isAlive(pid)).toBe(false);
  return verdict;
}

describe.concurrent('a QEMU that is stopped', () => {
  test('for a while and goes on is no hang', async () => {
    const verdict = await runAndStop('20s', async (pid) => {
      await delay(LONG);
      process.kill(pid, 'SIGCONT');
    });
    expect(verdict).toEqual({ kind: 'pass' });
  });

  test('for good is the host’s trouble, and is ended all the same', async () => {
    const verdict = await runAndStop('2s', async () => {});
    expect(verdict).toEqual({
      kind: 'error',
      reason: expect.stringMatching(/^QEMU did not answer on its monitor/),
    });
  });
});
