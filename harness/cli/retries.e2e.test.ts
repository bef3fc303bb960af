import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseResult } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { calamityImages, kernelConfig, TestProject } from '../testing/project.ts';

/** Boots a kernel that does the first of the given words when it is started first, then the next, and the last from then on. */
const RUN_SH = `
arch=$1 counter=starts-$1-$2
shift 2
echo started >> "$counter"
starts=$(wc -l < "$counter")
while [ "$starts" -gt 1 ] && [ $# -gt 1 ]; do shift; starts=$((starts - 1)); done
[ "$1" != exit ] || exit 3
case $arch in
  x86_64) machine='-M q35' kernel=${calamityImages}/x86_64/calamity.elf ;;
  aarch64) machine='-M virt -cpu cortex-a72' kernel=${calamityImages}/aarch64/calamity.img ;;
esac
qemu-system-$arch $machine -m 64 -nodefaults -display none -no-reboot -monitor none -serial stdio \\
  -kernel "$kernel" -append "$1"
`;

/** A target whose machines do these words in turn, and boot. */
function wavering(name: string, words: readonly string[], archs: readonly string[]): string {
  const command = ['sh', 'run.sh', '{arch}', name, ...words];
  const images = archs.map((arch) => `${arch}: { from: 'launcher', command: ${JSON.stringify(command)} }`);
  return `name: '${name}', images: { ${images.join(', ')} }, suites: ['suites/boot.suite.ts']`;
}

const BOTH = ['x86_64', 'aarch64'];
const STEADY = 'steady/aarch64';

/** A target that does what it is told. Without symbols: each of so many attempts would have a backtrace. */
function steady(suite: string): string {
  return `name: 'steady', suites: ['suites/${suite}.suite.ts'], symbols: undefined`;
}

const RESULTS = `results: { lines: [
    { match: /^test (\\S+): OK/, subtest: 'pass' },
    { match: /^test (\\S+): FAILED/, subtest: 'fail' },
  ] }`;

const SUITES = {
  'suites/boot.suite.ts': `
import { defineSuite } from 'twinboot';

defineSuite('boot', { ${RESULTS}, cases: { 'the whole boot': { boot: {}, timeout: '60s', retry: 2 } } });
`,
  'suites/shell.suite.ts': `
import { appendFileSync, readFileSync } from 'node:fs';
import { defineSuite, test } from 'twinboot';
import { describe, expect } from 'vitest';

defineSuite('shell', {
  ${RESULTS},
  retry: 1,
  cases: {
    'passes': { run: 'pass a' },
    'fails every time': { run: 'fail a' },
    'panics every time': { run: 'panic', retry: 2 },
    'never ends': { run: 'hang', timeout: '1s' },
    'has one attempt': { run: 'fail b', retry: 0 },
    'does not exist': { run: 'nothing' },
    'does not apply': { run: 'fail c', skip: { because: 'nobody retries what is skipped' } },
    'passes after all that': { run: 'pass b' },
  },
});

/** @returns which attempt this is. */
function attempt(counter) {
  appendFileSync(counter, '.');
  return readFileSync(counter, 'utf8').length;
}

describe('by hand', () => {
  test('passes at the third attempt', { retry: 4 }, async ({ machine }) => {
    const made = attempt(\`by-hand-\${machine.arch}\`);
    if (made === 1) await machine.run('panic');
    const { output } = await machine.run('echo attempt ' + made);
    expect(output).toContain('attempt 3');
  });
});
`,
  'suites/silent.suite.ts': `
import { defineBoot, defineSuite } from 'twinboot';

defineSuite('silent', {
  ${RESULTS},
  cases: { 'by the command line': { run: 'fail a' }, 'by itself': { run: 'fail a', retry: 0 } },
});

defineBoot('stages', {
  stages: [{ name: 'never', marker: 'no such line', within: '1s', means: 'nothing', look: 'nowhere' }],
});
`,
};

type Run = Awaited<ReturnType<TestProject['twinboot']>>;

const FAILED_A = { kind: 'fail', reason: '1 of 1 subtests failed: a' };
const PANIC: unknown = expect.objectContaining({
  kind: 'crash',
  cause: 'panic',
  title: 'KERNEL PANIC: something is very wrong',
});

describe('cases that may be tried again', () => {
  let project: TestProject;
  let run: Run;
  let results: readonly CaseResult[];

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([
        wavering('recovers', ['panic', 'lines'], BOTH),
        `${wavering('hopeless', ['panic', 'lines-fail'], ['aarch64'])}, oracle: 'recovers'`,
        wavering('broken', ['exit', 'lines'], ['x86_64']),
        `${steady('shell')}, images: { aarch64: calamity.images.aarch64 }`,
      ]),
      'run.sh': RUN_SH,
      ...SUITES,
    });
    run = await project.twinboot(['run']);
    results = project.results().results;
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (environment: string, name: string): CaseResult => {
    const found = results.find((result) => result.environment === environment && result.case === name);
    if (!found) throw new Error(`${name} has no result on ${environment}`);
    return found;
  };
  test('what a target’s oracle came to stands beside its cases', () => {
    const oracles = project.results().environments.map(({ id, oracle }) => [id, oracle]);
    expect(oracles).toContainEqual(['hopeless/aarch64', 'recovers']);
    expect(oracles).toContainEqual(['recovers/aarch64', undefined]);
    expect(project.read('reports/latest/parity.md')).toContain('| Case | aarch64 | recovers/aarch64 (oracle) |');
  });

  const attemptsOf = (environment: string, name: string) =>
    resultOf(environment, name).attempts?.map(({ verdict }) => verdict);
  const evidenceOf = (folder: string | undefined, file: string) => project.read(`reports/latest/${folder}/${file}`);

  for (const arch of BOTH) {
    test(`a boot that panics once passes at the second attempt on ${arch}, and keeps its panic`, () => {
      const { verdict, attempts, evidence } = resultOf(`recovers/${arch}`, 'the whole boot');
      expect(verdict).toEqual({ kind: 'pass' });
      expect(attempts?.map((attempt) => attempt.verdict)).toEqual([PANIC, { kind: 'pass' }]);
      expect(evidence).toBeUndefined();
      expect(evidenceOf(attempts?.[0]?.evidence, 'console-user.log')).toContain('KERNEL PANIC');
      expect(attempts?.[1]?.evidence).toBeUndefined();
      expect(project.read(`starts-${arch}-recovers`)).toBe('started\n'.repeat(2));
    });
  }

  test('a command is tried as often as its case says, or else its suite', () => {
    const hang = expect.objectContaining({ kind: 'hang' });
    expect(attemptsOf(STEADY, 'passes')).toBeUndefined();
    expect(attemptsOf(STEADY, 'fails every time')).toEqual([FAILED_A, FAILED_A]);
    expect(attemptsOf(STEADY, 'panics every time')).toEqual([PANIC, PANIC, PANIC]);
    expect(attemptsOf(STEADY, 'never ends')).toEqual([hang, hang]);
    expect(attemptsOf(STEADY, 'has one attempt')).toBeUndefined();
    expect(attemptsOf(STEADY, 'does not exist')).toBeUndefined();
    expect(attemptsOf(STEADY, 'does not apply')).toBeUndefined();
    expect(resultOf(STEADY, 'passes after all that').verdict).toEqual({ kind: 'pass' });
  });

  test('a test written as code keeps the attempts that vitest makes', () => {
    const { verdict, attempts = [] } = resultOf(STEADY, 'passes at the third attempt');
    expect(verdict).toEqual({ kind: 'pass' });
    expect(attempts.map((attempt) => attempt.verdict)).toEqual([
      PANIC,
      { kind: 'fail', reason: expect.stringContaining("to include 'attempt 3'") },
      { kind: 'pass' },
    ]);
    expect(evidenceOf(attempts[1]?.evidence, 'console-user.log')).toContain('attempt 2');
  });

  test('a boot that never passes is tried as often as it may be, with evidence of each attempt', () => {
    const { verdict, attempts = [], evidence } = resultOf('hopeless/aarch64', 'the whole boot');
    const failed = { kind: 'fail', reason: expect.stringContaining('beta') };
    expect(verdict).toEqual(failed);
    expect(attempts.map((attempt) => attempt.verdict)).toEqual([PANIC, failed, failed]);
    const folder = `${attempts[0]?.evidence}`;
    expect(attempts.map((attempt) => attempt.evidence)).toEqual([folder, `${folder}/attempt-2`, `${folder}/attempt-3`]);
    expect(evidence).toBe(`${folder}/attempt-3`);
    expect(evidenceOf(folder, 'console-user.log')).toContain('KERNEL PANIC');
    expect(evidenceOf(evidence, 'console-user.log')).toContain('test beta: FAILED');
    expect(evidenceOf(evidence, 'verdict.txt')).toMatch(/^ {2}attempt 1 {3}crash \(panic\): KERNEL PANIC/m);
  });

  test('a script that fails before a guest speaks is not tried again', () => {
    const { verdict, attempts } = resultOf('broken/x86_64', 'the whole boot');
    expect(verdict.kind).toBe('error');
    expect(attempts).toBeUndefined();
    expect(project.read('starts-x86_64-broken')).toBe('started\n');
  });

  test('the terminal names what is flaky, and vitest lists how often it was tried', () => {
    expect(run.all).toContain('Flaky: 2 cases did not pass at the first attempt');
    expect(run.all).toContain('boot › the whole boot on x86_64: pass at attempt 2');
    expect(run.all).toContain('by hand › passes at the third attempt: pass at attempt 3');
    expect(run.all).toMatch(/;\s+flaky:\s+3$/m);
    expect(run.stdout).toMatch(/× fails every time .*\(retry x1\)/);
    expect(run.stdout).toMatch(/× panics every time .*\(retry x2\)/);
    expect(run.stdout).not.toMatch(/has one attempt .*\(retry/);
  });

  test('the page and the JUnit file tell it as well', () => {
    expect(project.read('reports/latest/parity.md')).toContain(
      '| the whole boot | **pass, flaky** | **pass, flaky** |',
    );
    const junit = project.read('reports/latest/junit.xml');
    expect(junit.match(/<flakyFailure /g)).toHaveLength(2 + 2);
    expect(junit.match(/<rerunFailure /g)).toHaveLength(2 + 1 + 2 + 1);
  });

  test('nothing is left', async () => {
    expect(run.exitCode).toBe(69); // The broken script: an error outweighs what failed.
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('retries on the command line', () => {
  let project: TestProject;

  beforeAll(() => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([wavering('recovers', ['panic', 'lines'], ['aarch64']), steady('silent')]),
      'run.sh': RUN_SH,
      ...SUITES,
    });
  });

  afterAll(async () => {
    expect(await leftovers(project)).toEqual([]);
    project[Symbol.dispose]();
  });

  const attempts = () =>
    Object.fromEntries(
      project.results().results.map(({ case: name, attempts }) => [name, attempts?.map(({ verdict }) => verdict)]),
    );

  test('are for cases that declare none, and for no stage of a boot; so are those of vitest', async () => {
    const run = await project.vitest(['run', 'silent', '--project', 'steady/x86_64', '--retry', '2']);
    expect(attempts()).toEqual({
      'by the command line': [FAILED_A, FAILED_A, FAILED_A],
      'by itself': undefined,
      never: undefined,
    });
    expect(run.all).toMatch(/× by the command line .*\(retry x2\)/);
    expect(run.exitCode).toBe(1);
  });

  test('lead to a pass where every case passes in the end', async () => {
    project.write('suites/boot.suite.ts', SUITES['suites/boot.suite.ts'].replace(', retry: 2', ''));
    const run = await project.twinboot(['run', '--target', 'recovers', '--retries', '1']);
    expect(attempts()).toEqual({ 'the whole boot': [PANIC, { kind: 'pass' }] });
    expect(run.all).toContain('1 result in');
    expect(run.all).toContain('1 pass; flaky: 1');
    expect(run.exitCode).toBe(0);
  });
});
