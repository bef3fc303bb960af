import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

const BOTH = ['calamity/x86_64', 'calamity/aarch64'];
const ONE = ['calamity/x86_64'];
const ON_ONE = ['run', '--arch', 'x86_64'];

describe('a run that is ended in the middle', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/lasting.suite.ts': LASTING_SUITE });
  });

  afterEach(() => project[Symbol.dispose]());

  /** Waits until the silent guests run and what came before them is on disk. */
  const reachMiddle = async (run: Started, environments: readonly string[] = ONE) => {
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

  const expectResultsFromBefore = (environments: readonly string[] = ONE) => {
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

  const expectCutShort = async (run: Started, exitCode: number, environments?: readonly string[]) => {
    expect((await run).exitCode).toBe(exitCode);
    expect((await run).all).toContain('The run was cut short: cases that it did not reach have no result.');
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore(environments);
    expectReports();
  };

  test('by SIGINT to all of its processes, as a terminal sends it, leaves nothing but its results and reports', async () => {
    const run = project.twinboot(['run'], { VITEST_MAX_WORKERS: '2' }, true);
    await reachMiddle(run, BOTH);
    process.kill(-Number(run.pid), 'SIGINT');
    // What ran then is told or not: the workers are told as well, and may be gone first.
    await expectCutShort(run, 130, BOTH);
  });

  test.for([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('by %s to the command alone leaves nothing but its results and reports', async ([signal, exitCode]) => {
    const run = project.twinboot(ON_ONE, {}, true);
    await reachMiddle(run);
    process.kill(Number(run.pid), signal);
    await expectCutShort(run, exitCode);
    expect((await run).all).toMatch(/Ended while these ran:\n ▸ \|calamity\/x86_64\| lasting > never ends: running/);
  });

  test('by SIGKILL leaves nothing but its results', async () => {
    const run = project.twinboot(ON_ONE);
    await reachMiddle(run);
    process.kill(Number(run.pid), 'SIGKILL');
    expect((await run).signal).toBe('SIGKILL');
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore();
  });

  test('by SIGKILL of a worker ends as a run that was cut short', async () => {
    const run = project.twinboot(ON_ONE);
    await reachMiddle(run);
    const [machine] = machinesOf(project);
    const worker = processesOf(project).find(({ pid }) => pid === machine?.parent);
    expect(worker?.parent).toBe(run.pid);
    process.kill(Number(worker?.pid), 'SIGKILL');
    expect((await run).exitCode).toBe(1);
    expect((await run).all).toMatch(/\| lasting > never ends: running.*, when its worker ended\n/);
    expect(await leftovers(project)).toEqual([]);
    expectResultsFromBefore();
    expectReports();
  });

  test('by SIGKILL of a QEMU blames the infrastructure and goes on with the next case', async () => {
    const run = project.twinboot(ON_ONE);
    await reachMiddle(run);
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
