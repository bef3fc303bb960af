import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseResult } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

const RESULTS = `results: { lines: [
    { match: /^test (\\S+): OK/, subtest: 'pass' },
    { match: /^test (\\S+): FAILED/, subtest: 'fail' },
  ] }`;

/** Passes on x86-64 alone. */
const ON_ONE_SIDE = `boot: { append: { x86_64: 'lines', aarch64: 'lines-fail' } }, timeout: '60s'`;

type Run = Awaited<ReturnType<TestProject['twinboot']>>;

/** Runs the project's suites. @returns how the run went, and its results by environment and case. */
async function runOf(project: TestProject, args: readonly string[] = []) {
  const run = await project.twinboot(['run', ...args]);
  const { results } = project.results();
  const resultOf = (environment: string, name: string): CaseResult => {
    const found = results.find((result) => result.environment === environment && result.case === name);
    if (!found) throw new Error(`${name} has no result on ${environment}:\n${run.all}`);
    return found;
  };
  return { run, resultOf };
}

describe('failures that are expected', () => {
  let project: TestProject;
  let run: Run;
  let resultOf: (environment: string, name: string) => CaseResult;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/gaps.suite.ts': `
import { defineBoot, defineSuite } from 'twinboot';

defineSuite('gaps', {
  ${RESULTS},
  atLeast: 5,
  cases: {
    'passes': { run: 'pass a' },
    'fails': { run: 'fail a', retry: 2, expectFailure: { because: 'nobody has written it', issue: '#12' } },
    'never ends': { run: 'hang', timeout: '1s', expectFailure: { on: 'calamity', because: 'it deadlocks' } },
    'fails on one side': { ${ON_ONE_SIDE}, expectFailure: { on: 'arm64', because: 'needs a port' } },
    'fails on each side': {
      run: 'fail b',
      expectFailure: { on: ['calamity/amd64', 'calamity/aarch64'], because: 'needs two ports' },
    },
    'does not apply': { run: 'pass c', skip: { on: ['x86_64', 'aarch64'], because: 'later' }, expectFailure: { because: 'no' } },
  },
});

defineSuite('one machine', {
  ${RESULTS},
  isolation: 'shared',
  cases: {
    'panics': { run: 'panic', expectFailure: { because: 'something is very wrong' } },
    'goes on': { run: 'pass a' },
  },
});

defineBoot('stages', {
  stages: [
    { name: 'never', marker: 'no such line', within: '2s', means: 'a', look: 'b', expectFailure: { because: 'not there yet' } },
  ],
});
`,
    });
    ({ run, resultOf } = await runOf(project));
  });

  afterAll(() => project[Symbol.dispose]());

  test('do not fail the run', () => {
    expect(run.exitCode, run.all).toBe(0);
    expect(run.stdout).toMatch(/Tests\s+16 passed \| 2 skipped/);
  });

  for (const arch of ['x86_64', 'aarch64']) {
    const environment = `calamity/${arch}`;

    test(`are told with their reason and what became of the case on ${arch}`, () => {
      expect(resultOf(environment, 'fails').verdict).toEqual({
        kind: 'expected-failure',
        because: 'nobody has written it',
        issue: '#12',
        actual: { kind: 'fail', reason: '1 of 1 subtests failed: a' },
      });
      expect(resultOf(environment, 'never ends').verdict).toMatchObject({
        because: 'it deadlocks',
        actual: { kind: expect.stringMatching(/^(?:hang|timeout)$/) },
      });
      expect(resultOf(environment, 'never').verdict).toMatchObject({
        because: 'not there yet',
        actual: { kind: 'fail' },
      });
      expect(resultOf(environment, 'fails on each side').verdict).toMatchObject({ because: 'needs two ports' });
    });

    test(`are not tried again on ${arch}, and keep their evidence`, () => {
      const { attempts, evidence } = resultOf(environment, 'fails');
      expect(attempts).toBeUndefined();
      expect(project.read(`reports/latest/${evidence}/console-user.log`)).toContain('test a: FAILED');
      expect(project.read(`reports/latest/${evidence}/verdict.txt`)).toMatch(
        /^expected failure \(nobody has written it, #12\): fail: /,
      );
    });

    test(`leave no machine to the next case on ${arch}`, () => {
      expect(resultOf(environment, 'panics').verdict).toMatchObject({
        kind: 'expected-failure',
        actual: { kind: 'crash' },
      });
      expect(resultOf(environment, 'goes on')).toMatchObject({ verdict: { kind: 'pass' }, notes: [] });
    });

    test(`are not looked for in a case that does not apply on ${arch}`, () => {
      expect(resultOf(environment, 'does not apply').verdict).toEqual({ kind: 'skip', because: 'later' });
    });
  }

  test('are expected where they are declared, and nowhere else', () => {
    expect(resultOf('calamity/x86_64', 'fails on one side').verdict).toEqual({ kind: 'pass' });
    expect(resultOf('calamity/aarch64', 'fails on one side').verdict).toMatchObject({ because: 'needs a port' });
  });

  test('have a section of their own on the terminal, and are counted where parity is', () => {
    expect(run.all).toContain('  Expected failures (11)');
    expect(run.all).toContain(
      '    gaps › fails on x86_64 and aarch64: nobody has written it, #12\n      fail: 1 of 1 subtests failed: a\n',
    );
    expect(run.all).toContain('    gaps › fails on one side on aarch64: needs a port\n      fail: ');
    expect(run.all).toContain('parity 88.9 % (1 of 9 cases differs; 6 cases fail as expected)');
    expect(run.all).toMatch(/: 5 pass, 11 expected-failure, 2 skip/);
    expect(run.all).not.toMatch(/Passes on|Fails on/);
  });

  test('stand in the matrix as what they are, and in JUnit as skipped with their story', () => {
    const page = project.read('reports/latest/parity.md');
    expect(page).toContain('### Expected failures (11)');
    expect(page).toContain('| fails on one side | pass | expected-failure |');
    expect(page).not.toContain('### What to fix first');
    const junit = project.read('reports/latest/junit.xml');
    expect(junit).toMatch(/<testsuites [^>]*failures="0" errors="0"/);
    expect(junit.match(/<skipped>/g)).toHaveLength(13);
    expect(junit).toContain('expected failure (needs a port): fail: ');
  });

  test('leave nothing behind', async () => {
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('passes that are not expected', () => {
  let project: TestProject;
  let run: Run;
  let resultOf: (environment: string, name: string) => CaseResult;

  const ported = `'is ported': { run: 'pass a', retry: 2, expectFailure: { on: ['arm64', 'x86_64'], because: 'needs ports', issue: '#7' } },`;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/gaps.suite.ts': `
import { defineBoot, defineSuite } from 'twinboot';

defineSuite('gaps', {
  ${RESULTS},
  cases: {
    ${ported}
    'is half ported': { ${ON_ONE_SIDE}, expectFailure: { because: 'needs two ports' } },
    'does not exist': { run: 'nothing', expectFailure: { because: 'nobody has written it' } },
  },
});

defineBoot('stages', {
  stages: [
    { name: 'prompt', marker: /calamity/, within: '60s', means: 'a', look: 'b', expectFailure: { on: 'x86_64', because: 'mute' } },
  ],
});
`,
    });
    ({ run, resultOf } = await runOf(project));
  });

  afterAll(() => project[Symbol.dispose]());

  test('fail the run', () => {
    expect(run.exitCode, run.all).toBe(1);
  });

  for (const arch of ['x86_64', 'aarch64']) {
    test(`are verdicts of their own, at the first attempt, on ${arch}`, () => {
      const { verdict, attempts } = resultOf(`calamity/${arch}`, 'is ported');
      expect(verdict).toEqual({
        kind: 'unexpected-pass',
        because: 'needs ports',
        issue: '#7',
        on: ['arm64', 'x86_64'],
      });
      expect(attempts).toBeUndefined();
    });

    test(`are not made of a program that is missing on ${arch}`, () => {
      expect(resultOf(`calamity/${arch}`, 'does not exist').verdict.kind).toBe('missing');
    });
  }

  test('of a stage are none the less', () => {
    expect(resultOf('calamity/x86_64', 'prompt').verdict).toEqual({
      kind: 'unexpected-pass',
      because: 'mute',
      on: ['x86_64'],
    });
    expect(resultOf('calamity/aarch64', 'prompt').verdict).toEqual({ kind: 'pass' });
  });

  test('say in vitest’s list what to delete', () => {
    expect(run.all).toContain('Verdict: unexpected pass: declared to fail (needs ports, #7)');
    expect(run.all).toContain(
      '  delete      expectFailure: { on: ["arm64", "x86_64"], because: "needs ports", issue: "#7" }',
    );
    expect(run.all).toContain('  from        "is ported" in suites/gaps.suite.ts');
  });

  test('say in the end what to delete, and what to keep', () => {
    const told = run.stdout.slice(run.stdout.indexOf('Unexpected passes (4)')).replaceAll(/\s+/g, ' ');
    expect(told).toContain(
      'gaps › is ported passes on calamity/x86_64 and calamity/aarch64, and fails nowhere in this run expectFailure: { on: ["arm64", "x86_64"], because: "needs ports", issue: "#7" } delete it from "is ported" in suites/gaps.suite.ts',
    );
    expect(told).toContain(
      'gaps › is half ported passes on calamity/x86_64, and still fails on calamity/aarch64 expectFailure: { because: "needs two ports" } limit it with on: "calamity/aarch64" at "is half ported" in suites/gaps.suite.ts',
    );
    const page = project.read('reports/latest/parity.md');
    expect(page).toContain('## Unexpected passes');
    expect(page).toContain('| is ported | **unexpected-pass** | **unexpected-pass** |');
    expect(project.read('reports/latest/junit.xml')).toContain('type="unexpected-pass"');
  });

  test('are gone with the declarations', async () => {
    project.write(
      'suites/gaps.suite.ts',
      project
        .read('suites/gaps.suite.ts')
        .replace(/, expectFailure: \{ on: \['arm64.*?\}/, '')
        .replace(`{ because: 'needs two ports'`, `{ on: 'calamity/aarch64', because: 'needs two ports'`),
    );
    const { run } = await runOf(project, ['-t', 'ported']);
    expect(run.exitCode, run.all).toBe(0);
    expect(run.all).toContain('3 pass, 1 expected-failure');
  });
});
