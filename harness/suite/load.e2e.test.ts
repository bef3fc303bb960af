import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { calamity } from '../../fixtures/calamity/target.ts';
import { linux } from '../../fixtures/linux/target.ts';
import type { LineRule } from '../console/line-rules.ts';
import type { Millis } from '../units.ts';
import type { VerdictKind } from '../verdict/verdict.ts';
import type { BootDeclaration } from './declaration.ts';
import { type Environment, listEnvironments } from './environment.ts';
import { SuiteRun } from './suite-run.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

/** Far more than the host has cores for; each takes about 200 MiB. */
const CROWD = Math.min(3 * os.availableParallelism(), 32);

/** Boots one image, which is to say this, and ends its machine. */
async function bootIn(environment: Environment, boot: BootDeclaration, said: LineRule, timeout: Millis) {
  const declared = { boot, timeout, results: { lines: [said] } };
  await using run = new SuiteRun(environment, { cases: { boot: declared } }, PROJECT);
  const began = performance.now();
  const { verdict, machine } = await run.run(declared, async () => {}, expect.fail);
  expect(machine?.end).toBeDefined();
  return { kind: verdict.kind, durationMs: performance.now() - began };
}

/** Keeps a CPU busy from its beginning to its end. */
function bootLinux(timeout: Millis) {
  const environments = listEnvironments({ targets: [{ ...linux, machine: { memory: '128M' } }] });
  const environment = environments.find(({ arch }) => arch === 'aarch64');
  if (!environment) throw new TypeError('Linux runs on aarch64');
  return bootIn(environment, {}, { match: /^init: ready/, case: 'pass' }, timeout);
}

/** What no patience helps: a guest that is busy for ever, and one that halts. */
const HOPELESS: readonly [word: string, kind: VerdictKind][] = [
  ['flood', 'timeout'],
  ['silent', 'hang'],
];

test('on a host with too few cores for its machines, cases pass and time out as on one with enough', async () => {
  const alone = await bootLinux(30 * 60_000);
  expect(alone.kind).toBe('pass');

  const crowd = Array.from({ length: CROWD }, () => bootLinux(3 * alone.durationMs));
  const hopeless = listEnvironments({ targets: [calamity] }).flatMap((environment) =>
    HOPELESS.map(async ([append, expected]) => {
      const { kind } = await bootIn(environment, { append }, { match: /^done/, case: 'pass' }, 1_000);
      return [environment.id, append, kind, expected];
    }),
  );
  expect((await Promise.all(crowd)).map(({ kind }) => kind)).toEqual(Array(CROWD).fill('pass'));
  for (const [environment, append, kind, expected] of await Promise.all(hopeless))
    expect([environment, append, kind]).toEqual([environment, append, expected]);
});
