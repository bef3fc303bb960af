import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { linux } from '../../fixtures/linux/target.ts';
import { casesOf, FOUND_SPOILT, leaks } from '../../suites/isolation/leaks.ts';
import type { Arch } from '../arch/archs.ts';
import { Deadline, type Millis, monotonicMs } from '../units.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type Environment, listEnvironments } from './environment.ts';
import { planMachine } from './plan.ts';
import { Seats } from './seats.ts';
import { SuiteRun } from './suite-run.ts';

const PROJECT = path.resolve(import.meta.dirname, '../..');

const environments = listEnvironments({
  targets: [linux],
  disks: { data: { mode: 'overlay', source: 'fixtures/.build/linux/data.ext4' } },
});

/** Of every machine here, so that one boot serves all that are of one architecture. */
const MACHINE = { disks: ['data', 'scratch'], network: 'user' } as const;

const READ_CLOCKS = `awk 'BEGIN {
  getline uptime <"/proc/uptime"
  getline rtc <"/sys/class/rtc/rtc0/since_epoch"
  print "clocks:", systime(), rtc, uptime
}'`;

/** What a clone's clocks showed at its first command, in seconds, and for how long at most it had run by then. */
interface Clocks {
  readonly uptime: number;
  readonly timeOfDay: number;
  readonly realTimeClock: number;
  readonly ranFor: number;
}

/** The clocks of a new clone. Its template is the one that was found, or a new one. */
async function readClocks(environment: Environment): Promise<Clocks> {
  const { shell } = environment.target;
  if (!shell) throw new TypeError('Linux has a shell');
  const startedAt = monotonicMs();
  const plan = planMachine(environment, MACHINE, PROJECT);
  const seat = await new Seats(environment, shell, 'clone').take(plan, expect.fail);
  if (seat.kind === 'failed') return expect.fail(JSON.stringify(seat.outcome.verdict));
  await using machine = seat.machine;
  const { output } = await seat.session.run(READ_CLOCKS, { deadline: machine.deadlineAfter(60_000) });
  const shown = output.map(({ text }) => text).find((line) => line.startsWith('clocks:'));
  const [timeOfDay = Number.NaN, realTimeClock = Number.NaN, uptime = Number.NaN] =
    shown?.split(' ').slice(1).map(Number) ?? [];
  return { uptime, timeOfDay, realTimeClock, ranFor: (monotonicMs() - startedAt) / 1000 };
}

const cache = mkdtempSync(path.join(tmpdir(), 'twinboot-isolation-'));
/** By architecture: what the first clone showed. */
const fresh = new Map<Arch, Clocks>();
/** For how long each template lies at least: other tests run meanwhile. */
const LIES_FOR: Millis = 10_000;
let lain: Deadline;

beforeAll(async () => {
  vi.stubEnv('TWINBOOT_CACHE', cache);
  for (const environment of environments) fresh.set(environment.arch, await readClocks(environment));
  lain = Deadline.after(LIES_FOR);
});

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(cache, { recursive: true });
});

describe('cases that leave their machine spoilt, on one machine', () => {
  const verdicts = new Map<string, Verdict>();

  beforeAll(async () => {
    const [environment] = environments;
    if (!environment) throw new TypeError('Linux has an environment');
    const cases = casesOf(leaks);
    const suite = { isolation: 'shared', machine: MACHINE, timeout: '2m', cases } as const;
    await using run = new SuiteRun(environment, suite, PROJECT);
    for (const [name, declared] of Object.entries(cases))
      verdicts.set(name, (await run.run(declared, async () => {}, expect.fail)).verdict);
  });

  for (const what of Object.keys(leaks)) {
    test(`${what} is seen by the next case`, () => {
      expect(verdicts.get(`${what}, once`)).toEqual({ kind: 'pass' });
      expect(verdicts.get(`${what}, again`)).toEqual({
        kind: 'fail',
        reason: expect.stringMatching(new RegExp(`ended with status ${FOUND_SPOILT}$`)),
      });
    });
  }
});

/** Clocks tell whole seconds. A clock that went on while the template lay is further off. */
const ROUNDING = 3;

describe.each(environments)('a template that has lain for a while, of $id', (environment) => {
  let before: Clocks;
  let after: Clocks;

  beforeAll(async () => {
    await delay(lain.remaining);
    before = fresh.get(environment.arch) ?? expect.fail();
    after = await readClocks(environment);
  });

  test('has clones that are no older', () => {
    expect(after.uptime).toBeLessThan(before.uptime + after.ranFor);
  });

  test.for(['timeOfDay', 'realTimeClock'] as const)('has clones to which no time has passed by their %s', (clock) => {
    const bootedAt = (clocks: Clocks) => clocks[clock] - clocks.uptime;
    expect(Math.abs(bootedAt(after) - bootedAt(before))).toBeLessThan(ROUNDING);
  });
});
