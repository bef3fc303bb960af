import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunResults } from '../report/results.ts';
import { eventually, leftovers, machinesOf, processesOf } from '../testing/leftovers.ts';
import { calamityImages, kernelConfig, TestProject } from '../testing/project.ts';

/** Starts QEMU as a project's own script does: as its child, with the console on its own stdin and stdout. */
const RUN_SH = `
arch=$1 words=$2 monitor=$3
case $arch in
  x86_64) machine='-M q35' kernel=${calamityImages}/x86_64/calamity.elf ;;
  aarch64) machine='-M virt -cpu cortex-a72' kernel=${calamityImages}/aarch64/calamity.img ;;
esac
qemu-system-$arch $machine -m 64 -nodefaults -display none -no-reboot -monitor none -serial stdio \\
  \${monitor:+-qmp unix:$monitor} -kernel "$kernel" -append "$words"
status=$?
echo "run.sh: QEMU ended with status $status" >&2
exit $status
`;

const BROKEN_SH = `
echo 'error: could not compile the kernel' >&2
exit 3
`;

/** @param args Of `sh`. */
function launcherTarget(name: string, args: readonly string[], suites: readonly string[]): string {
  const image = `{ from: 'launcher', command: ${JSON.stringify(['sh', ...args])} }`;
  const files = JSON.stringify(suites.map((suite) => `suites/${suite}.suite.ts`));
  return `name: '${name}', images: { x86_64: ${image}, aarch64: ${image} }, suites: ${files}`;
}

const SUITES = {
  'suites/boot.suite.ts': `
import { defineSuite } from 'twinboot';

const lines = [{ match: /^test (\\S+): OK/, subtest: 'pass' }];

defineSuite('boot', { results: { lines }, cases: { 'the whole boot': { boot: {} } } });
`,
  'suites/shell.suite.ts': `
import { defineSuite } from 'twinboot';

const lines = [
  { match: /^test (\\S+): OK/, subtest: 'pass' },
  { match: /^test (\\S+): FAILED/, subtest: 'fail' },
];

defineSuite('shell', {
  results: { lines },
  cases: { 'a command': { run: 'pass a' }, 'one that fails': { run: 'fail a' }, 'a panic': { run: 'panic' }, again: { run: 'pass b' } },
});
`,
  'suites/stages.suite.ts': `
import { defineBoot } from 'twinboot';

defineBoot('stages', {
  stages: [{ name: 'up', marker: /: ready$/, within: '60s', means: 'nothing was booted', look: 'run.sh' }],
});
`,
  'suites/by-hand.suite.ts': `
import { test } from 'twinboot';
import { describe, expect } from 'vitest';

describe('by hand', () => {
  test('a test as code', async ({ machine }) => {
    const { output } = await machine.run('pass a');
    expect(output).toContain('test a: OK');
  });
});
`,
};

describe('kernels that their own script boots', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;
  let results: RunResults;

  beforeAll(async () => {
    const atShell = ['shell', 'stages', 'by-hand'];
    project = new TestProject({
      'vitest.config.ts': kernelConfig([
        launcherTarget('boot-monitored', ['run.sh', '{arch}', 'lines', '{qmp}'], ['boot']),
        launcherTarget('boot-bare', ['run.sh', '{arch}', 'lines'], ['boot']),
        launcherTarget('shell-monitored', ['run.sh', '{arch}', 'prompt', '{qmp}'], atShell),
        launcherTarget('shell-bare', ['run.sh', '{arch}', 'prompt'], atShell),
        launcherTarget('broken-monitored', ['broken.sh', '{qmp}'], ['boot', ...atShell]),
        launcherTarget('broken-bare', ['broken.sh'], ['boot', ...atShell]),
      ]),
      'run.sh': RUN_SH,
      'broken.sh': BROKEN_SH,
      ...SUITES,
    });
    run = await project.twinboot(['run']);
    results = project.results();
  });

  afterAll(() => project[Symbol.dispose]());

  const verdictsOf = (environment: string) =>
    Object.fromEntries(
      results.results
        .filter((result) => result.environment === environment)
        .map(({ suite, case: name, verdict }) => [`${suite} > ${name}`, verdict]),
    );

  const MONITORS = ['monitored', 'bare'];

  for (const arch of ['x86_64', 'aarch64']) {
    test.for(MONITORS)(`a boot of its own passes on ${arch}, %s`, (monitor) => {
      expect(verdictsOf(`boot-${monitor}/${arch}`)).toEqual({ 'boot > the whole boot': { kind: 'pass' } });
    });

    test.for(MONITORS)(`commands at the shell are judged on ${arch}, %s`, (monitor) => {
      expect(verdictsOf(`shell-${monitor}/${arch}`)).toEqual({
        'shell > a command': { kind: 'pass' },
        'shell > one that fails': { kind: 'fail', reason: '1 of 1 subtests failed: a' },
        'shell > a panic': expect.objectContaining({
          kind: 'crash',
          cause: 'panic',
          title: 'KERNEL PANIC: something is very wrong',
        }),
        'shell > again': { kind: 'pass' },
        'stages > up': { kind: 'pass' },
        'by hand > a test as code': { kind: 'pass' },
      });
    });

    test.for(MONITORS)(
      `a script that fails before a guest speaks is an error in its own words on ${arch}, %s`,
      (monitor) => {
        const verdicts = Object.values(verdictsOf(`broken-${monitor}/${arch}`));
        expect(verdicts).toHaveLength(7);
        for (const verdict of verdicts) {
          expect(verdict).toEqual({
            kind: 'error',
            reason: expect.stringMatching(/status 3[\s\S]*error: could not compile the kernel/),
          });
        }
      },
    );
  }

  test("reproduces a failure with the project's own script", () => {
    const failed = results.results.find(({ case: name }) => name === 'one that fails');
    expect(project.read(`reports/latest/${failed?.evidence}/reproduce.sh`)).toContain('sh run.sh x86_64 prompt');
  });

  test('ends with exit code 69, because scripts failed, and nothing left', async () => {
    expect(run.exitCode).toBe(69);
    expect(results.run.complete).toBe(true);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a script whose run is ended in the middle', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([launcherTarget('silent', ['run.sh', '{arch}', 'silent'], ['lasting'])]),
      'run.sh': RUN_SH,
      'suites/lasting.suite.ts': `
import { defineSuite } from 'twinboot';

defineSuite('lasting', {
  cases: {
    'never ends': { boot: {}, timeout: '60m' },
    'ends by its timeout': { boot: {}, timeout: '10s' },
  },
});
`,
    });
  });

  afterEach(() => project[Symbol.dispose]());

  test.for(['SIGTERM', 'SIGKILL'] as const)('by %s of the command leaves no QEMU', async (signal) => {
    const run = project.twinboot(['run', '--arch', 'x86_64', '-t', 'never ends']);
    await eventually(() => run.exitCode !== null || machinesOf(project).length === 1);
    expect(machinesOf(project)).toHaveLength(1);
    process.kill(Number(run.pid), signal);
    await run;
    expect(await leftovers(project)).toEqual([]);
  });

  test('by SIGKILL of the script leaves the QEMU to the end of its case, and no longer', async () => {
    const run = project.twinboot(['run', '--arch', 'x86_64', '-t', 'ends by its timeout']);
    await eventually(() => run.exitCode !== null || machinesOf(project).length === 1);
    const [machine] = machinesOf(project);
    const script = processesOf(project).find(({ pid }) => pid === machine?.parent);
    expect(script?.command).toContain('run.sh');
    process.kill(Number(script?.pid), 'SIGKILL');
    expect((await run).exitCode).toBe(1);
    expect(project.results().results.map(({ verdict }) => verdict.kind)).toEqual(['timeout']);
    expect(await leftovers(project)).toEqual([]);
  });
});
