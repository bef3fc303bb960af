import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../qemu/executable.ts';
import type { CaseResult } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { firstLine } from '../testing/processes.ts';
import { calamityConfig, kernelConfig, TestProject } from '../testing/project.ts';

type Run = Awaited<ReturnType<TestProject['twinboot']>>;

/** A suite that would pass if only it were let. */
const SOUND_SUITE = `
import { defineSuite } from 'twinboot';

const lines = [{ match: /^test result: ok/, case: 'pass' }];

defineSuite('sound', { cases: { lines: { boot: { append: 'lines' }, results: { lines } } } });
`;

/** @param declaration The second argument of defineSuite, as source. */
function suite(name: string, declaration: string): string {
  return `import { defineSuite } from 'twinboot';\n\ndefineSuite('${name}', ${declaration});\n`;
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('images, disks and arguments that QEMU cannot work with', () => {
  let project: TestProject;
  let run: Run;
  let results: readonly CaseResult[];

  beforeAll(async () => {
    const two = `cases: { first: { run: 'pass a' }, second: { run: 'pass b' } }`;
    project = new TestProject({
      'vitest.config.ts': kernelConfig(
        [
          `name: 'unbuilt', images: { x86_64: image, aarch64: image }, suites: ['suites/plain.suite.ts']`,
          `name: 'text', images: { x86_64: text, aarch64: text }, suites: ['suites/plain.suite.ts']`,
          `name: 'calamity', suites: ['suites/*-disk.suite.ts', 'suites/*-arguments.suite.ts']`,
        ],
        `disks: {
          missing: { mode: 'overlay', source: 'disks/missing.img' },
          locked: { mode: 'overlay', source: 'disks/locked.img' },
          'locked-readonly': { mode: 'readonly', source: 'disks/locked.img' },
        },`,
      ).replace(
        'export default',
        `const image = { from: 'kernel', kernel: 'build/{arch}/kernel.elf' };
const text = { from: 'kernel', kernel: 'notes.txt' };

export default`,
      ),
      'notes.txt': 'These are the notes on the kernel, not the kernel.\n'.repeat(100),
      'disks/locked.img': '\0'.repeat(1024 * 1024),
      'suites/plain.suite.ts': suite('plain', `{ ${two} }`),
      'suites/missing-disk.suite.ts': suite('missing disk', `{ machine: { disks: ['missing'] }, ${two} }`),
      'suites/locked-disk.suite.ts': suite('locked disk', `{ machine: { disks: ['locked'] }, ${two} }`),
      'suites/locked-readonly-disk.suite.ts': suite(
        'locked read-only disk',
        `{ machine: { disks: ['locked-readonly'] }, ${two} }`,
      ),
      'suites/bad-arguments.suite.ts': suite('bad arguments', `{ machine: { qemu: ['-nonsense'] }, ${two} }`),
    });
    const holder = await holdDisk(path.join(project.folder, 'disks/locked.img'));
    run = await project.twinboot(['run']);
    holder.kill('SIGKILL');
    results = project.results().results;
  });

  afterAll(() => project[Symbol.dispose]());

  const reasonsOf = (suiteName: string, target: string) =>
    results
      .filter(({ suite: name, environment }) => name === suiteName && environment.startsWith(`${target}/`))
      .map(({ verdict }) => (verdict.kind === 'error' ? verdict.reason : verdict.kind));

  test.for([
    [
      'a kernel that does not exist',
      'plain',
      'unbuilt',
      /^The kernel \S+kernel\.elf does not exist\. Build it, or correct its path\.$/,
    ],
    [
      'a file that is no kernel',
      'plain',
      'text',
      /^The kernel \S+notes\.txt is no kernel image; for \w+, QEMU's -kernel boots /,
    ],
    [
      'a disk image that does not exist',
      'missing disk',
      'calamity',
      /^The disk "missing" \S+missing\.img does not exist\./,
    ],
    [
      'a base of an overlay that another process writes to',
      'locked disk',
      'calamity',
      /locked\.img[\s\S]*Another process has the disk image open for writing/,
    ],
    [
      'a read-only disk that another process writes to',
      'locked read-only disk',
      'calamity',
      /locked\.img[\s\S]*Another process has the disk image open for writing/,
    ],
    [
      'arguments that QEMU does not know',
      'bad arguments',
      'calamity',
      /^QEMU ended with status 1 before it ran the guest\.\n.*-nonsense: invalid option/,
    ],
  ] as const)('%s is an error of the infrastructure that says what to do', ([, name, target, reason]) => {
    const reasons = reasonsOf(name, target);
    expect(reasons).toHaveLength(4);
    for (const told of reasons) expect(told).toMatch(reason);
  });

  test('names the formats that each architecture boots', () => {
    const [x86, , arm] = reasonsOf('plain', 'text');
    expect(x86).toContain('for x86_64');
    expect(arm).toContain('for aarch64');
  });

  test('tells a reason in full once for each file and environment, and refers to it afterwards', () => {
    const reason = `The kernel ${project.folder}/build/aarch64/kernel.elf does not exist.`;
    expect(run.all).toContain(`Verdict: error: ${reason}`);
    expect(run.all).toContain(`Verdict: error: as in plain > first: ${reason}`);
    expect(count(String(run.stderr), reason)).toBe(2);
  });

  test('ends with exit code 69, every case judged and nothing left', async () => {
    expect(run.exitCode).toBe(69);
    expect(project.results().run.complete).toBe(true);
    expect(results).toHaveLength(24);
    expect(await leftovers(project)).toEqual([]);
  });
});

/** A paused QEMU that has the image open for writing. */
async function holdDisk(image: string) {
  const args = [
    '-S',
    '-nodefaults',
    '-display',
    'none',
    '-qmp',
    'stdio',
    '-drive',
    `file=${image},format=raw,if=virtio`,
  ];
  const holder = spawn('qemu-system-x86_64', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder, 'spawn');
  await firstLine(holder.stdout); // The greeting. The answer to a command comes when the machine is made, its disk locked.
  const answer = firstLine(holder.stdout);
  holder.stdin.write('{"execute":"qmp_capabilities"}\n');
  await answer;
  return holder;
}

describe('suite files that cannot be meant', () => {
  let project: TestProject;
  let run: Run;

  const MISTAKES = {
    'an unknown field': {
      declared: `{ cases: { a: { run: 'pass a', timout: '5s' } } }`,
      told: 'cases.a: unknown field "timout" (did you mean "timeout"?)',
    },
    'no cases': { declared: `{ cases: {} }`, told: 'cases: expected at least one case' },
    'an unknown network': {
      declared: `{ machine: { network: 'usr' }, cases: { a: { run: 'pass a' } } }`,
      told: 'machine.network: expected "none" | "user" | "user-open", got "usr" (did you mean "user"?)',
    },
    'an unknown disk': {
      declared: `{ machine: { disks: ['scrach'] }, cases: { a: { run: 'pass a' } } }`,
      told: 'machine.disks: expected "scratch", got "scrach" (did you mean "scratch"?)',
    },
    'an unknown architecture': {
      declared: `{ cases: { a: { run: 'pass a', skip: { on: 'arm46', because: 'of a slip' } } } }`,
      told: 'cases.a.skip.on: expected an architecture (',
    },
    'a failure expected for no reason': {
      declared: `{ cases: { a: { run: 'pass a', expectFailure: { on: 'aarch64', because: '' } } } }`,
      told: 'cases.a.expectFailure.because: expected a reason, got an empty text',
    },
    'a failure expected nowhere': {
      declared: `{ cases: { a: { run: 'pass a', expectFailure: { on: 'calamty', because: 'of a slip' } } } }`,
      told: 'got "calamty" (did you mean "calamity"?)',
    },
    'a stage expected to fail nowhere': {
      declared: `{ stages: [{ name: 'up', marker: 'ready', within: '5s', means: 'a', look: 'b', expectFailure: { on: 'mips', because: 'c' } }] }`,
      told: 'stages[0].expectFailure.on: expected an architecture (',
    },
    'a case twice': {
      declared: `{ cases: { a: { run: 'pass a' }, b: { run: 'pass b' }, a: { run: 'pass c' } } }`,
      told: 'the case "a" is declared twice in one suite; the first would be lost',
    },
    'a boot with a network that nobody declared': {
      declared: `{ machine: { network: 'lan' }, stages: [{ name: 'up', marker: 'ready', within: '5s', means: 'a', look: 'b' }] }`,
      told: 'machine.network: expected "none" | "user" | "user-open", got "lan"',
    },
  } as const;

  beforeAll(async () => {
    const files = Object.entries(MISTAKES).map(([name, { declared }]) => {
      const source = suite(name, declared);
      const define = declared.includes('stages:') ? source.replaceAll('defineSuite', 'defineBoot') : source;
      return [`suites/${name.replaceAll(' ', '-')}.suite.ts`, define];
    });
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/sound.suite.ts': SOUND_SUITE,
      ...Object.fromEntries(files),
    });
    run = await project.twinboot(['run']);
  });

  afterAll(() => project[Symbol.dispose]());

  for (const [name, { told }] of Object.entries(MISTAKES)) {
    test(`${name} is told once, with its place and what was expected there`, () => {
      expect(count(String(run.all), told)).toBe(1);
    });
  }

  test('the other environment refers to the one that tells', () => {
    expect(run.all).toContain('DeclarationError: as on calamity/x86_64');
    expect(run.all).not.toContain('as on calamity/aarch64');
    expect(count(String(run.all), ' FAIL  |calamity/aarch64| suites/')).toBe(Object.keys(MISTAKES).length);
  });

  test('ends with exit code 2 and an incomplete run that has the results of the sound suite', async () => {
    expect(run.exitCode).toBe(2);
    const { run: facts, results } = project.results();
    expect(facts.complete).toBe(false);
    expect(results.map(({ suite: name, environment, verdict }) => [name, environment, verdict.kind])).toEqual([
      ['sound', 'calamity/x86_64', 'pass'],
      ['sound', 'calamity/aarch64', 'pass'],
    ]);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a suite file that is no program', () => {
  test('fails the run, which keeps what the other files yielded', async () => {
    using project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/sound.suite.ts': SOUND_SUITE,
      'suites/torn.suite.ts': `import { defineSuite } from 'twinboot';\n\ndefineSuite('torn', { cases: {`,
    });
    const run = await project.twinboot(['run', '--arch', 'x86_64']);
    expect(run.exitCode).toBe(1);
    expect(run.all).toContain('suites/torn.suite.ts');
    const { run: facts, results } = project.results();
    expect(facts.complete).toBe(false);
    expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass']);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a configuration that cannot be meant', () => {
  test.for([
    [
      'a misspelt field',
      calamityConfig('', `acelerator: 'tcg',`),
      'unknown field "acelerator" (did you mean "accelerator"?)',
    ],
    [
      'a misspelt field of a target',
      calamityConfig(`pannics: [],`),
      'target "calamity": unknown field "pannics" (did you mean "panics"?)',
    ],
    [
      'an unknown network',
      calamityConfig(`machine: { network: 'usr' },`),
      'network: expected "none" | "user" | "user-open", got "usr" (did you mean "user"?)',
    ],
    [
      'an unknown disk mode',
      calamityConfig('', `disks: { data: { mode: 'overlya', source: 'data.img' } },`),
      'disks.data.mode: expected mode "overlay" | "readonly" | "scratch", got "overlya" (did you mean "overlay"?)',
    ],
    [
      'an unknown architecture',
      calamityConfig(`images: { arm46: { from: 'kernel', kernel: 'kernel.elf' } },`),
      'images.arm46: expected an architecture (',
    ],
    [
      'an unknown profile',
      calamityConfig(`profiles: ['spm'],`),
      'profiles: expected "default" | "smp", got "spm" (did you mean "smp"?)',
    ],
    ['a name that is not defined', calamityConfig('', 'accelerator: tcg,'), 'ReferenceError: tcg is not defined'],
    ['a file that is no program', calamityConfig('', 'disks: {'), 'The configuration could not be loaded.'],
    [
      'a configuration of vitest alone',
      'export default {};',
      "No kernel is declared here: this folder's vitest.config.ts must export what defineKernelConfig returns.",
    ],
  ] as const)('%s ends with exit code 2 and says what was expected', async ([, config, told]) => {
    using project = new TestProject({ 'vitest.config.ts': config, 'suites/sound.suite.ts': SOUND_SUITE });
    const run = await project.twinboot(['run']);
    expect(run.all).toContain(told);
    expect(run.exitCode).toBe(2);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a choice that nothing meets', () => {
  let project: TestProject;

  beforeAll(() => {
    const images = `images: { x86_64: { from: 'kernel', kernel: 'kernel.elf' } },`;
    project = new TestProject({ 'vitest.config.ts': calamityConfig(images), 'suites/sound.suite.ts': SOUND_SUITE });
  });

  afterAll(() => project[Symbol.dispose]());

  test.for([
    [['--arch', 'arm64'], 'arch: no target has an image for aarch64; there are images for x86_64'],
    [['--arch', 'arm46'], 'arch: expected "x86_64" | '],
    [['--target', 'calmity'], 'target: expected "calamity", got "calmity" (did you mean "calamity"?)'],
    [['--profile', 'spm'], 'profiles: expected "default" | "smp", got "spm"'],
    [['--machines', '0'], 'machines: expected a whole number above 0, got "0"'],
    [['--machines', 'many'], 'machines: expected a whole number above 0, got "many"'],
    [['nosuchfile'], 'No suite file matches "nosuchfile": nothing was tested.'],
    [['-t', 'no such case'], 'No case matched, so nothing was tested. The filter was /no such case/.'],
    [['-t', '('], '-t: expected a regular expression: '],
    [['--acrh', 'arm64'], "error: unknown option '--acrh'"],
  ] as const)('twinboot run %j ends with exit code 2', async ([args, told]) => {
    const run = await project.twinboot(['run', ...args]);
    expect(run.all).toContain(told);
    expect(run.exitCode).toBe(2);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a floor that is not met', () => {
  let project: TestProject;

  beforeAll(() => {
    const declared = `{
      atLeast: 3,
      results: { lines: [{ match: /^test result: ok/, case: 'pass' }] },
      cases: {
        runs: { boot: { append: 'lines' } },
        'is skipped': { boot: { append: 'lines' }, skip: { because: 'this floor is to be missed' } },
        'runs too': { boot: { append: 'lines' } },
      },
    }`;
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/low.suite.ts': suite('low', declared),
    });
  });

  afterAll(() => project[Symbol.dispose]());

  test('fails a run in which everything passed, and the reports say so', async () => {
    const run = await project.twinboot(['run', '--arch', 'x86_64']);
    expect(run.exitCode).toBe(1);
    expect(run.all).toContain('low on x86_64: 2 executed, at least 3 declared');
    expect(project.read('reports/latest/parity.md')).toMatch(/low.*\b2\b.*\b3\b/);
    const { floors, results } = project.results();
    expect(floors).toEqual([{ suite: 'low', environment: 'calamity/x86_64', atLeast: 3, executed: 2 }]);
    expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'skip', 'pass']);
  });

  test('is not asked of a run that chose among the cases', async () => {
    const run = await project.twinboot(['run', '--arch', 'x86_64', '-t', 'runs too']);
    expect(run.exitCode).toBe(0);
    expect(project.results().floors).toEqual([]);
    expect(await leftovers(project)).toEqual([]);
  });
});

describe('a QEMU that will not do', () => {
  let project: TestProject;

  beforeAll(() => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/sound.suite.ts': SOUND_SUITE });
  });

  afterAll(() => project[Symbol.dispose]());

  test('that is not installed is an error that names it and the command that helps', async () => {
    const folder = path.join(project.folder, 'without-qemu');
    mkdirSync(folder);
    for (const tool of ['setpriv', 'ps', 'rm']) symlinkSync(String(findExecutable(tool)), path.join(folder, tool));
    const run = await project.twinboot(['run'], { PATH: folder });
    expect(run.exitCode).toBe(69);
    expect(project.results().results.map(({ verdict }) => verdict)).toEqual(
      ['x86_64', 'aarch64'].map((arch) => ({
        kind: 'error',
        reason: `qemu-system-${arch} is not installed; it runs ${arch} kernels. \`npx twinboot doctor\` says how to get it.`,
      })),
    );
    expect(await leftovers(project)).toEqual([]);
  });

  test('that is too old is an error that tells both versions', async () => {
    const folder = path.join(project.folder, 'old-qemu');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'qemu-system-x86_64'), OLD_QEMU, { mode: 0o755 });
    const run = await project.twinboot(['run', '--arch', 'x86_64'], { PATH: `${folder}:${process.env.PATH}` });
    expect(run.exitCode).toBe(69);
    expect(project.results().results.map(({ verdict }) => verdict)).toEqual([
      { kind: 'error', reason: 'qemu-system-x86_64 is version 4.2.0; Twinboot needs 7.2.0 or newer.' },
    ]);
    expect(await leftovers(project)).toEqual([]);
  });
});

/** Greets and answers on the monitor as an old QEMU does, and runs nothing. */
const OLD_QEMU = `#!${process.execPath}
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';

const monitor = new Socket({ fd: 3 });
monitor.write('{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 4}, "package": ""}, "capabilities": []}}\\r\\n');
createInterface({ input: monitor }).on('line', (line) => {
  monitor.write(JSON.stringify({ return: {}, id: JSON.parse(line).id }) + '\\r\\n');
});
`;
