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

  test.for([
    ['passes', 'good', 0],
    ['fails', 'bad', 1],
    ['is not there', 'nothing of the kind', 2],
  ] as const)('runs a case that %s as the command does, by project and name', async ([, name, exitCode]) => {
    const direct = await project.vitest(['run', '--project', 'calamity/aarch64', '-t', name]);
    const directResults = project.results();
    expect(direct.exitCode).toBe(exitCode);
    const command = await project.twinboot(['run', '--arch', 'aarch64', '-t', name]);
    expect(command.exitCode).toBe(exitCode);
    expect(substance(directResults)).toEqual(substance(project.results()));
    expect(directResults.results.map(({ case: title }) => title)).toEqual(exitCode === 2 ? [] : [name]);
  });

  test('runs everything, on both architectures, and compares them', async () => {
    const run = await project.vitest(['run']);
    expect(run.exitCode).toBe(1);
    expect(run.all).toContain('Parity: calamity');
    const { results, environments } = project.results();
    expect(environments.map(({ id }) => id)).toEqual(['calamity/x86_64', 'calamity/aarch64']);
    expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'fail', 'pass', 'pass', 'fail', 'pass']);
  });

  test('writes results, whatever reporter the command line names', async () => {
    const run = await project.vitest([
      'run',
      '--project',
      'calamity/x86_64',
      '--reporter=json',
      '--outputFile=vitest.json',
    ]);
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(project.read('vitest.json'))).toMatchObject({ numPassedTests: 2, numFailedTests: 1 });
    expect(project.results().results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'fail', 'pass']);
    expect(project.read('reports/latest/junit.xml')).toContain('<testcase');
  });

  test('refuses a suite file that cannot be meant with the same exit code as the command', async () => {
    project.write('suites/plain.suite.ts', SUITE.replace('results: {', 'reslts: {'));
    const run = await project.vitest(['run', '--project', 'calamity/x86_64']);
    expect(run.exitCode).toBe(2);
    expect(run.all).toContain('unknown field "reslts" (did you mean "results"?)');
  });
});
