import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FOUND_SPOILT, leaks } from '../../suites/isolation/leaks.ts';
import { linuxConfig, linuxDisk } from '../testing/linux-config.ts';
import { TestProject } from '../testing/project.ts';

const LEAKS = path.resolve(import.meta.dirname, '../../suites/isolation/leaks.ts');

describe('cases that leave their machine spoilt, on one machine', () => {
  let project: TestProject;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': linuxConfig('', `disks: { data: { mode: 'overlay', source: '${linuxDisk}' } }`),
      'suites/sharing.suite.ts': `
import { defineSuite } from 'twinboot';
import { casesOf, leaks } from '${LEAKS}';

defineSuite('sharing', {
  isolation: 'shared',
  machine: { disks: ['data', 'scratch'], network: 'user' },
  timeout: '2m',
  cases: casesOf(leaks),
});
`,
    });
    await project.twinboot(['run', '--arch', 'x86_64']);
  });

  afterAll(() => project[Symbol.dispose]());

  const verdictOf = (name: string) => project.results().results.find((result) => result.case === name)?.verdict;

  for (const what of Object.keys(leaks)) {
    test(`${what} is seen by the next case`, () => {
      expect(verdictOf(`${what}, once`)).toEqual({ kind: 'pass' });
      expect(verdictOf(`${what}, again`)).toEqual({
        kind: 'fail',
        reason: expect.stringMatching(new RegExp(`ended with status ${FOUND_SPOILT}$`)),
      });
    });
  }
});

/** What a clone's clocks showed at its first command, in seconds, and for how long at most it had run by then. */
interface Clocks {
  readonly uptime: number;
  readonly timeOfDay: number;
  readonly realTimeClock: number;
  readonly ranFor: number;
}

const CLOCKS_SUITE = `
import { writeFileSync } from 'node:fs';
import { test } from 'twinboot';

const startedAt = Date.now();

const READ_CLOCKS = \`awk 'BEGIN {
  getline uptime <"/proc/uptime"
  getline rtc <"/sys/class/rtc/rtc0/since_epoch"
  print "clocks:", systime(), rtc, uptime
}'\`;

test('the clocks are read', async ({ machine }) => {
  const { output } = await machine.run(READ_CLOCKS);
  const shown = output.find((line) => line.startsWith('clocks:'));
  const [timeOfDay, realTimeClock, uptime] = shown.split(' ').slice(1).map(Number);
  const ranFor = (Date.now() - startedAt) / 1000;
  writeFileSync('clocks.json', JSON.stringify({ uptime, timeOfDay, realTimeClock, ranFor }));
});
`;

const PAUSE_MS = 10_000;
/** Clocks tell whole seconds. A clock that went on during the pause is further off. */
const ROUNDING = 3;

describe.each(['x86_64', 'aarch64'])('a template that has lain for a while, on %s', (arch) => {
  let project: TestProject;
  let fresh: Clocks;
  let old: Clocks;

  beforeAll(async () => {
    project = new TestProject({ 'vitest.config.ts': linuxConfig(), 'suites/clocks.suite.ts': CLOCKS_SUITE });
    fresh = await readClocks();
    await delay(PAUSE_MS);
    old = await readClocks();
  });

  afterAll(() => project[Symbol.dispose]());

  const readClocks = async (): Promise<Clocks> => {
    const run = await project.twinboot(['run', '--arch', arch]);
    expect(run.exitCode, run.all).toBe(0);
    return JSON.parse(project.read('clocks.json'));
  };

  test('has clones that are no older', () => {
    expect(old.uptime).toBeLessThan(fresh.uptime + old.ranFor);
  });

  test.for(['timeOfDay', 'realTimeClock'] as const)('has clones to which no time has passed by their %s', (clock) => {
    const bootedAt = (clocks: Clocks) => clocks[clock] - clocks.uptime;
    expect(Math.abs(bootedAt(old) - bootedAt(fresh))).toBeLessThan(ROUNDING);
  });
});
