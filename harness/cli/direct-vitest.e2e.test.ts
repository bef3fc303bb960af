import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunResults } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

const SUITE = `
import { defineSuite } from 'twinboot';

const lines = [
  { match: /^test (\\S+): OK/, subtest: 'pass' },
  { match: /^test (\\S+): FAILED/, subtest: 'fail' },
];

defineSuite('suite', {
  atLeast: 3,
  results: { lines },
  cases: { good: { boot: { append: 'lines' } }, bad: { boot: { append: 'lines-fail' } }, shell: { run: 'pass a' } },
});
`;

/** What two runs of the same cases have in common. */
function substance({ run, environments, results, floors }: RunResults) {
  return {
    complete: run.complete,
    filter: run.filter,
    qemu: run.host.qemu,
    environments,
    floors,
    results: results.map(({ durationMs, interrupts, ...rest }) => rest),
  };
}

describe('vitest started without the command', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/plain.suite.ts': SUITE,
    });
  });

  afterEach(async () => {
    expect(await leftovers(project)).toEqual([]);
    project[Symbol.dispose]();
  });

  test('runs the cases that are chosen as the command does, by project and name', async () => {
    const direct = await project.vitest(['run', '--project', 'calamity/aarch64', '-t', 'bad']);
    const directResults = project.results();
    expect(direct.exitCode).toBe(1);
    const command = await project.twinboot(['run', '--arch', 'aarch64', '-t', 'bad']);
    expect(command.exitCode).toBe(1);
    expect(substance(directResults)).toEqual(substance(project.results()));
    expect(directResults.results.map(({ case: title }) => title)).toEqual(['bad']);
    expect(directResults.floors).toEqual([]); // Not asked of a run that chose among the cases.
  });

  test('ends with the same exit code as the command where no case is chosen', async () => {
    const run = await project.vitest(['run', '--project', 'calamity/aarch64', '-t', 'nothing of the kind']);
    expect(run.exitCode).toBe(2);
    expect(project.results().results).toEqual([]);
  });

  test('runs everything, on both architectures, compares them and writes results, whatever reporter is named', async () => {
    const run = await project.vitest(['run', '--reporter=json', '--outputFile=vitest.json']);
    expect(run.exitCode).toBe(1);
    expect(run.all).toContain('Parity: calamity');
    const { results, environments, floors } = project.results();
    expect(environments.map(({ id }) => id)).toEqual(['calamity/x86_64', 'calamity/aarch64']);
    expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'fail', 'pass', 'pass', 'fail', 'pass']);
    expect(floors.map(({ executed }) => executed)).toEqual([3, 3]);
    expect(JSON.parse(project.read('vitest.json'))).toMatchObject({ numPassedTests: 4, numFailedTests: 2 });
    expect(project.read('reports/latest/junit.xml')).toContain('<testcase');
  });

  test('refuses a suite file that cannot be meant with the same exit code as the command', async () => {
    project.write('suites/plain.suite.ts', SUITE.replace('results: {', 'reslts: {'));
    const run = await project.vitest(['run', '--project', 'calamity/x86_64']);
    expect(run.exitCode).toBe(2);
    expect(run.all).toContain('unknown field "reslts" (did you mean "results"?)');
  });
});
