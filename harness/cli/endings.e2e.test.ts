import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consolesOf } from '../testing/console-logs.ts';
import { eventually, leftovers, machinesOf, processesOf } from '../testing/leftovers.ts';
import { killIfThere } from '../testing/processes.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

type Started = ReturnType<TestProject['twinboot']>;

/** Two results at once, then a guest that says nothing for as long as the run lasts. */
const LASTING_SUITE = `
import { defineSuite } from 'twinboot';

const lines = [{ match: /^test (\\S+): OK/, subtest: 'pass' }];

defineSuite('lasting', {
  isolation: 'shared',
  results: { lines },
  cases: {
    'ends at once': { boot: { append: 'lines' } },
    'ends at once, too': { boot: { append: 'lines' } },
    'never ends': { run: 'wait-key', timeout: '60m' },
    'is never reached': { run: 'pass a' },
  },
});
`;

const ENVIRONMENTS = ['calamity/x86_64', 'calamity/aarch64'];
const SIDE_BY_SIDE = { VITEST_MAX_WORKERS: '2' };

describe('a run that is ended in the middle', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/lasting.suite.ts': LASTING_SUITE });
  });

  afterEach(() => project[Symbol.dispose]());

  /** Waits until the silent guests run and what came before them is on disk. */
  const reachMiddle = async (run: Started, environments = ENVIRONMENTS) => {
    const count = environments.length;
    // A machine whose case has ended may be on its way out.
    const silentGuests = () => consolesOf(project).filter((said) => said.includes('press any key')).length;
    const isReached = () =>
      silentGuests() === count && machinesOf(project).length === count && resultsOnDisk() === 2 * count;
    await eventually(() => run.exitCode !== null || isReached());
    if (run.exitCode !== null) throw new Error(`The run ended too soon:\n${(await run).all}`);
    expect(isReached()).toBe(true);
  };

  const resultsOnDisk = () => {
    const exists = existsSync(path.join(project.folder, 'reports/latest/results.json'));
    return exists ? project.results().results.length : 0;
  };

  const expectResultsFromBefore = (environments = ENVIRONMENTS) => {
    const { run, results } = project.results();
    expect(run.complete).toBe(false);
    expect(results.map(({ case: name, environment, verdict }) => [name, environment, verdict.kind])).toEqual(
      environments.flatMap((environment) => [
        ['ends at once', environment, 'pass'],
        ['ends at once, too', environment, 'pass'],
      ]),
    );
  };

  const expectReports = () => {
    expect(project.read('reports/latest/parity.md')).toContain('The run was cut short');
    expect(project.read('reports/latest/junit.xml')).toContain('ends at once');
    expect(project.read('reports/history.jsonl')).toMatch(/^\{.*"complete":false,.*\}\n$/);
  };

  test.for([
    ['SIGINT to all of its processes, as a terminal sends it', 'SIGINT', 'group', 130],
    ['SIGINT to the command alone', 'SIGINT', 'command', 130],
    ['SIGTERM', 'SIGTERM', 'command', 143],
    ['SIGHUP', 'SIGHUP', 'command', 129],
  ] as const)('by %s leaves nothing but its results and reports', async ([, signal, to, exitCode]) => {
    const run = project.twinboot(['run'], SIDE_BY_SIDE, true);
    await reachMiddle(run);
    process.kill(to === 'group' ? -Number(run.pid) : Number(run.pid), signal);
    expect((await run).exitCode).toBe(exitCode);
    expect((await run).all).toContain('The run was cut short: cases that it did not reach have no result.');
    const standing = /Ended while these ran:\n ▸ \|calamity\/\w+\| lasting > never ends: running/;
    if (to === 'command') expect((await run).all).toMatch(standing); // A worker that is told as well may be gone by then.
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore();
    expectReports();
  });

  test('by SIGKILL leaves nothing but its results', async () => {
    const run = project.twinboot(['run'], SIDE_BY_SIDE);
    await reachMiddle(run);
    process.kill(Number(run.pid), 'SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore();
  });

  test('by SIGKILL of a worker ends as a run that was cut short', async () => {
    const run = project.twinboot(['run', '--arch', 'x86_64']);
    await reachMiddle(run, ['calamity/x86_64']);
    const [machine] = machinesOf(project);
    const worker = processesOf(project).find(({ pid }) => pid === machine?.parent);
    expect(worker?.parent).toBe(run.pid);
    process.kill(Number(worker?.pid), 'SIGKILL');
    expect((await run).exitCode).toBe(1);
    expect((await run).all).toMatch(/\| lasting > never ends: running.*, when its worker ended\n/);
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore(['calamity/x86_64']);
    expectReports();
  });

  test('by SIGKILL of a QEMU blames the infrastructure and goes on with the next case', async () => {
    const run = project.twinboot(['run', '--arch', 'x86_64']);
    await reachMiddle(run, ['calamity/x86_64']);
    for (const { pid } of machinesOf(project)) killIfThere(pid);
    expect((await run).exitCode).toBe(69);
    const { results } = project.results();
    expect(results.map(({ verdict }) => verdict)).toEqual([
      { kind: 'pass' },
      { kind: 'pass' },
      { kind: 'error', reason: 'QEMU was ended by SIGKILL, not by the guest' },
      { kind: 'pass' },
    ]);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a run that comes to its own end', () => {
  let project: TestProject;

  beforeAll(() => {
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/mixed.suite.ts': `
import { defineSuite } from 'twinboot';

const results = {
  lines: [
    { match: /^test (\\S+): OK/, subtest: 'pass' },
    { match: /^test (\\S+): FAILED/, subtest: 'fail' },
  ],
};

defineSuite('mixed', {
  results,
  cases: { good: { boot: { append: 'lines' } }, bad: { boot: { append: 'lines-fail' } }, shell: { run: 'pass a' } },
});
`,
    });
  });

  afterAll(() => project[Symbol.dispose]());

  test.for([
    ['all of whose cases pass', 'good|shell', 0],
    ['with a case that fails', 'bad', 1],
  ] as const)('%s leaves nothing behind', async ([, cases, exitCode]) => {
    const run = await project.twinboot(['run', '-t', cases]);
    expect(run.exitCode).toBe(exitCode);
    expect(project.results().run.complete).toBe(true);
    expect(await leftovers(project)).toEqual([]);
  });
});
