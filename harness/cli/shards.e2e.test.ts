import { cpSync, existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseResults } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, kernelConfig, TestProject } from '../testing/project.ts';

/** @param cases By name: what the kernel is booted with. */
function suite(name: string, cases: Readonly<Record<string, string>>): string {
  const declared = Object.entries(cases).map(([title, append]) => `'${title}': { boot: { append: '${append}' } },`);
  return `
defineSuite('${name}', {
  atLeast: ${declared.length},
  results: {
    lines: [
      { match: /^test (\\S+): OK/, subtest: 'pass' },
      { match: /^test (\\S+): FAILED/, subtest: 'fail' },
    ],
  },
  cases: { ${declared.join(' ')} },
});
`;
}

function file(...suites: readonly string[]): string {
  return `import { defineSuite } from 'twinboot';\n${suites.join('')}`;
}

const FIRST = suite('first', { good: 'lines' });
const SECOND = suite('second', { bad: 'lines-fail', fine: 'lines' });

let project: TestProject;
beforeEach(() => {
  project = new TestProject({ 'vitest.config.ts': calamityConfig() });
});
afterEach(async () => {
  expect(await leftovers(project)).toEqual([]);
  project[Symbol.dispose]();
});

describe('a run in shards', () => {
  test('is the whole run once its jobs are merged, whatever each of them held', async () => {
    project.write('suites/first.suite.ts', file(FIRST));
    project.write('suites/second.suite.ts', file(SECOND));
    const jobs = [1, 2, 3].map((index) => `jobs/${index}`);
    const exitCodes: (number | undefined)[] = [];
    for (const [index, job] of jobs.entries()) {
      const shard = ['--shard', `${index + 1}/3`, '--timings', 'no-results-yet'];
      const run = await project.twinboot(['run', '--arch', 'x86_64', '--keep-interrupts', ...shard]);
      expect(run.stderr).toContain('twinboot: --timings no-results-yet does not exist: shards are cut by');
      exitCodes.push(run.exitCode);
      cpSync(path.join(project.folder, 'reports/latest'), path.join(project.folder, job), { recursive: true });
    }
    expect(exitCodes.toSorted()).toEqual([0, 0, 1]); // One fails, one passes, and for the third no file is left.
    const parts = jobs.map((job) => parseResults(project.read(`${job}/results.json`), job));
    expect(parts.map(({ run }) => run.complete)).toEqual([true, true, true]);
    expect(new Set(parts.map(({ run }) => run.scope?.shard?.cut)).size).toBe(1);

    const merge = await project.twinboot(['report', 'merge', ...jobs, '--expect', 'x86_64'], { CI: 'true' });
    expect(merge.exitCode, merge.all).toBe(1);
    const { run, results, floors } = parseResults(project.read('reports/merged/results.json'), 'merged');
    expect(run).toMatchObject({ complete: true, scope: { declared: ['calamity/x86_64', 'calamity/aarch64'] } });
    expect(run.faults).toBeUndefined();
    expect(results.map(({ suite: name, case: title, verdict }) => [name, title, verdict.kind])).toEqual([
      ['first', 'good', 'pass'],
      ['second', 'bad', 'fail'],
      ['second', 'fine', 'pass'],
    ]);
    expect(floors.map(({ suite: name, executed }) => [name, executed])).toEqual([
      ['first', 1],
      ['second', 2],
    ]);
    expect(results.map(({ interrupts }) => interrupts)).not.toContain(undefined);
    const kept = (file: string) =>
      results.map(({ evidence = '' }) => existsSync(path.join(project.folder, 'reports/merged', evidence, file)));
    expect(kept('interrupts-whole.log')).toEqual([true, true, true]);
    expect(kept('verdict.txt')).toEqual([false, true, false]);

    const lost = await project.twinboot(['report', 'merge', 'jobs/1', 'jobs/3', '--expect', 'x86_64', '--out', 'lost']);
    expect(lost.stdout).toContain('Shard 2/3 of calamity/x86_64 is missing.');
    expect(lost.exitCode).toBe(1);
  });

  test('is refused where no file matches', async () => {
    project.write('suites/first.suite.ts', file(FIRST));
    const run = await project.twinboot(['run', '--shard', '1/2', 'suites/nothing']);
    expect(run.all).toContain('No suite file matches "suites/nothing": nothing was tested.');
    expect(run.exitCode).toBe(2);
  });
});

describe('a run against a baseline', () => {
  test('excuses what is known, and fails on what has become worse', async () => {
    project.write('suites/both.suite.ts', file(FIRST, SECOND));
    const against = ['run', '--arch', 'x86_64', '--baseline', 'known.txt'];
    const recorded = await project.twinboot([...against, '--update-baseline']);
    expect(recorded.exitCode, recorded.all).toBe(0);
    const known = project.read('known.txt');
    expect(known.split('\n').slice(-4)).toEqual([
      'pass    calamity/x86_64 first > good',
      'fail    calamity/x86_64 second > bad',
      'pass    calamity/x86_64 second > fine',
      '',
    ]);

    project.write(
      'suites/both.suite.ts',
      file(suite('first', { good: 'lines-fail' }), suite('second', { bad: 'lines', fine: 'lines' })),
    );
    const worse = await project.twinboot(against);
    expect(worse.exitCode).toBe(1);
    expect(worse.stdout).toContain('Against known.txt: 1 regression and 1 new pass');
    expect(worse.stdout).toContain('      reports/latest/evidence/calamity/x86_64/first/good\n');
    expect(project.read('known.txt')).toBe(known);
    expect(project.read('reports/latest/parity.md')).toContain('## Against known.txt');

    const filtered = await project.twinboot([...against, '-t', 'second fine']);
    expect(filtered.exitCode, filtered.all).toBe(0);
    expect(filtered.stdout).toContain('Recorded, and not judged by this run: 2 on calamity/x86_64.');
  });

  test('excuses nothing that no verdict tells of', async () => {
    const sum = `import { expect, test } from 'vitest';\n\ntest('a sum', () => {\n  expect(1 + 1).toBe(3);\n});\n`;
    project.write('suites/both.suite.ts', file(FIRST, sum));
    const run = await project.twinboot(['run', '--arch', 'x86_64', '--baseline', 'known.txt', '--update-baseline']);
    expect(run.stdout).toContain('known.txt is written');
    expect(run.exitCode).toBe(1);
  });
});

describe('a strict run', () => {
  const WAVERING = `
import { test } from 'twinboot';

test('has a tool', async ({ machine, skip }) => {
  await machine.run('pass a');
  skip('no such tool here');
});
test.skip('is left out', async ({ machine }) => {
  await machine.run('pass a');
});
`;

  test('is red where an architecture or a test was left out, on a CI system by itself', async () => {
    project.write(
      'vitest.config.ts',
      kernelConfig([`name: 'calamity'`, `name: 'forgotten', suites: ['suits/*.suite.ts']`]),
    );
    project.write('suites/wavering.suite.ts', file(FIRST, WAVERING));
    const args = ['run', '--arch', 'x86_64'];
    const lenient = await project.twinboot(args);
    expect(lenient.exitCode, lenient.all).toBe(0);
    expect(project.results().results.map(({ case: title, verdict }) => [title, verdict])).toEqual([
      ['good', { kind: 'pass' }],
      ['has a tool', { kind: 'skip', because: 'no such tool here' }],
    ]);
    const strict = await project.twinboot(args, { CI: 'true' });
    expect(strict.exitCode).toBe(1);
    expect(project.results().run.faults).toEqual([
      expect.stringMatching(/^No case was judged on forgotten\/x86_64, /),
      'Skipped, and no declaration says so: suites/wavering.suite.ts > has a tool on calamity/x86_64 (no such tool here), suites/wavering.suite.ts > is left out on calamity/x86_64 (--no-strict lets that pass).',
    ]);
    expect((await project.twinboot([...args, '-t', 'good'], { CI: 'true' })).exitCode).toBe(0);
  });
});
