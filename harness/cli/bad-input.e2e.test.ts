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

/** A suite file. @param declarations The second argument of defineSuite, as source, by the first. */
function suites(declarations: Readonly<Record<string, string>>): string {
  const defined = Object.entries(declarations).map(([name, declared]) => `defineSuite('${name}', ${declared});\n`);
  return `import { defineSuite } from 'twinboot';\n\n${defined.join('\n')}`;
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
    const text = `{ boot: { kernel: 'notes.txt' } }`;
    project = new TestProject({
      'vitest.config.ts': kernelConfig(
        [
          `name: 'unbuilt', images: { x86_64: image, aarch64: image }, suites: ['suites/plain.suite.ts']`,
          `name: 'calamity', suites: ['suites/unusable.suite.ts']`,
        ],
        `disks: {
          missing: { mode: 'overlay', source: 'disks/missing.img' },
          locked: { mode: 'overlay', source: 'disks/locked.img' },
          'locked-readonly': { mode: 'readonly', source: 'disks/locked.img' },
        },`,
      ).replace(
        'export default',
        `const image = { from: 'kernel', kernel: 'build/{arch}/kernel.elf' };\n\nexport default`,
      ),
      'notes.txt': 'These are the notes on the kernel, not the kernel.\n'.repeat(100),
      'disks/locked.img': '\0'.repeat(1024 * 1024),
      'suites/plain.suite.ts': suites({ plain: `{ ${two} }` }),
      'suites/unusable.suite.ts': suites({
        text: `{ cases: { first: ${text}, second: ${text} } }`,
        'missing disk': `{ machine: { disks: ['missing'] }, ${two} }`,
        'locked disk': `{ machine: { disks: ['locked'] }, ${two} }`,
        'locked read-only disk': `{ machine: { disks: ['locked-readonly'] }, ${two} }`,
        'bad arguments': `{ machine: { qemu: ['-nonsense'] }, ${two} }`,
      }),
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
      'text',
      'calamity',
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
    const [x86, , arm] = reasonsOf('text', 'calamity');
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

  const ONE_STAGE = `stages: [{ name: 'up', marker: 'ready', within: '5s', means: 'a', look: 'b' }]`;
  const MISTAKES = {
    'an-unknown-field': {
      declared: suites({ field: `{ cases: { a: { run: 'pass a', timout: '5s' } } }` }),
      told: 'cases.a: unknown field "timout" (did you mean "timeout"?)',
    },
    'a-boot-with-a-network-that-nobody-declared': {
      declared: suites({ boot: `{ machine: { network: 'lan' }, ${ONE_STAGE} }` }).replaceAll('Suite', 'Boot'),
      told: 'machine.network: expected "none" | "user" | "user-open", got "lan"',
    },
    'a-case-twice': {
      declared: suites({ twice: `{ cases: { a: { run: 'pass a' }, b: { run: 'pass b' }, a: { run: 'pass c' } } }` }),
      told: 'the case "a" is declared twice in one suite; the first would be lost',
    },
  } as const;

  /** What else is refused when a suite file is loaded: the function, what it is given, and its words. */
  const REFUSALS = {
    'no cases': ['defineSuite', `{ cases: {} }`, 'cases: expected at least one case'],
    'an unknown network': [
      'defineSuite',
      `{ machine: { network: 'usr' }, cases: { a: { run: 'pass a' } } }`,
      'machine.network: expected "none" | "user" | "user-open", got "usr" (did you mean "user"?)',
    ],
    'an unknown disk': [
      'defineSuite',
      `{ machine: { disks: ['scrach'] }, cases: { a: { run: 'pass a' } } }`,
      'machine.disks: expected "scratch", got "scrach" (did you mean "scratch"?)',
    ],
    'an unknown architecture': [
      'defineSuite',
      `{ cases: { a: { run: 'pass a', skip: { on: 'arm46', because: 'of a slip' } } } }`,
      'cases.a.skip.on: expected an architecture (',
    ],
    'a failure expected for no reason': [
      'defineSuite',
      `{ cases: { a: { run: 'pass a', expectFailure: { on: 'aarch64', because: '' } } } }`,
      'cases.a.expectFailure.because: expected a reason, got an empty text',
    ],
    'a failure expected nowhere': [
      'defineSuite',
      `{ cases: { a: { run: 'pass a', expectFailure: { on: 'calamty', because: 'of a slip' } } } }`,
      'got "calamty" (did you mean "calamity"?)',
    ],
    'a stage expected to fail nowhere': [
      'defineBoot',
      `{ stages: [{ name: 'up', marker: 'ready', within: '5s', means: 'a', look: 'b', expectFailure: { on: 'mips', because: 'c' } }] }`,
      'stages[0].expectFailure.on: expected an architecture (',
    ],
  } as const;

  /** A file is loaded by a process of its own: one tries all of them. It has a sound suite beside them. */
  const TRYING = `${SOUND_SUITE}
import { writeFileSync } from 'node:fs';
import { defineBoot } from 'twinboot';

function refusal(declare) {
  try {
    declare();
  } catch ({ name, message }) {
    return name + ': ' + message;
  }
}

writeFileSync('refusals.json', JSON.stringify({
${Object.entries(REFUSALS)
  .map(([name, [define, declared]]) => `  '${name}': refusal(() => ${define}('${name}', ${declared})),\n`)
  .join('')}}));
`;

  beforeAll(async () => {
    const files = Object.entries(MISTAKES).map(([name, { declared }]) => [`suites/${name}.suite.ts`, declared]);
    project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/sound.suite.ts': TRYING,
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

  for (const [name, [define, , told]] of Object.entries(REFUSALS)) {
    test(`${name} is refused with its place and what was expected there`, () => {
      const what = define === 'defineBoot' ? 'boot' : 'suite';
      const refusals = JSON.parse(project.read('refusals.json'));
      expect(refusals[name]).toMatch(new RegExp(`^DeclarationError: ${what} "${name}": `));
      expect(refusals[name]).toContain(told);
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

// What else is refused, and in which words: config.test.ts.
describe('a configuration that cannot be meant', () => {
  test.for([
    [
      'a misspelt field of a target',
      calamityConfig(`pannics: [],`),
      'target "calamity": unknown field "pannics" (did you mean "panics"?)',
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

// What else is refused, and in which words: config.test.ts, run.test.ts, machines-at-once.test.ts.
describe('a choice that nothing meets', () => {
  let project: TestProject;

  beforeAll(() => {
    const images = `images: { x86_64: { from: 'kernel', kernel: 'kernel.elf' } },`;
    project = new TestProject({ 'vitest.config.ts': calamityConfig(images), 'suites/sound.suite.ts': SOUND_SUITE });
  });

  afterAll(() => project[Symbol.dispose]());

  test.for([
    [['--arch', 'arm64'], 'arch: no target has an image for aarch64; there are images for x86_64'],
    [['--machines', '0'], 'machines: expected a whole number above 0, got "0"'],
    [['nosuchfile'], 'No suite file matches "nosuchfile": nothing was tested.'],
    [['-t', 'no such case'], 'No case matched, so nothing was tested. The filter was /no such case/.'],
    [['--acrh', 'arm64'], "error: unknown option '--acrh'"],
  ] as const)('twinboot run %j ends with exit code 2', async ([args, told]) => {
    const run = await project.twinboot(['run', ...args]);
    expect(run.all).toContain(told);
    expect(run.exitCode).toBe(2);
    expect(await leftovers(project)).toEqual([]);
  });
});

// Of a run that chose among the cases it is not asked: direct-vitest.e2e.test.ts.
test('a floor that is not met fails a run in which everything passed, and the reports say so', async () => {
  const declared = `{
    atLeast: 3,
    results: { lines: [{ match: /^test result: ok/, case: 'pass' }] },
    cases: {
      runs: { boot: { append: 'lines' } },
      'is skipped': { boot: { append: 'lines' }, skip: { because: 'this floor is to be missed' } },
      'runs too': { boot: { append: 'lines' } },
    },
  }`;
  using project = new TestProject({
    'vitest.config.ts': calamityConfig(),
    'suites/low.suite.ts': suites({ low: declared }),
  });
  const run = await project.twinboot(['run', '--arch', 'x86_64']);
  expect(run.exitCode).toBe(1);
  expect(run.all).toContain('low on x86_64: 2 executed, at least 3 declared');
  expect(project.read('reports/latest/parity.md')).toMatch(/low.*\b2\b.*\b3\b/);
  const { floors, results } = project.results();
  expect(floors).toEqual([{ suite: 'low', environment: 'calamity/x86_64', atLeast: 3, executed: 2 }]);
  expect(results.map(({ verdict }) => verdict.kind)).toEqual(['pass', 'skip', 'pass']);
  expect(await leftovers(project)).toEqual([]);
});

test('a QEMU that is too old, and one that is not installed, are errors that name them and what helps', async () => {
  using project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/sound.suite.ts': SOUND_SUITE });
  const folder = path.join(project.folder, 'qemu');
  mkdirSync(folder);
  for (const tool of ['setpriv', 'mkfifo', 'ps', 'rm'])
    symlinkSync(String(findExecutable(tool)), path.join(folder, tool));
  writeFileSync(path.join(folder, 'qemu-system-x86_64'), OLD_QEMU, { mode: 0o755 });
  const run = await project.twinboot(['run'], { PATH: folder });
  expect(run.exitCode).toBe(69);
  expect(project.results().results.map(({ verdict }) => verdict)).toEqual([
    { kind: 'error', reason: 'qemu-system-x86_64 is version 4.2.0; Twinboot needs 7.2.0 or newer.' },
    {
      kind: 'error',
      reason:
        'qemu-system-aarch64 is not installed; it runs aarch64 kernels. `npx twinboot doctor` says how to get it.',
    },
  ]);
  expect(await leftovers(project)).toEqual([]);
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
