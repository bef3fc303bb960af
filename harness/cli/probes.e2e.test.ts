import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rings } from '../../fixtures/calamity/ram.ts';
import type { CaseResult } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { kernelConfig, TestProject } from '../testing/project.ts';

const LINES = `[{ match: /^test (\\S+): OK/, subtest: 'pass' }, { match: /^test (\\S+): FAILED/, subtest: 'fail' }]`;

const CALLS = `
import { defineSuite } from 'twinboot';

const results = { lines: ${LINES} };

defineSuite('commands', {
  results,
  cases: {
    'as often as expected': {
      run: 'pass one',
      probes: { command_pass: { min: 1, max: 1 }, 'command_*': 'entry', print: { min: 3 } },
      events: { memory_region_ops_write: { min: 20, matching: /'serial'|'pl011'/ } },
      interrupts: { irq: { min: 1 } },
    },
    'too seldom': { run: 'pass one', probes: { command_fail: { min: 1 } } },
    'too often': { run: 'pass one', probes: { 'command_p*': { max: 0, on: 'x86_64' }, 'command_f*': { max: 0 } } },
    'not at all': { run: 'pass one', probes: { command_fail: { max: 0 } } },
  },
});

defineSuite('shared', {
  isolation: 'shared',
  results,
  probes: { results_report: { min: 1 } },
  cases: {
    one: { run: 'pass one', probes: { command_pass: { min: 1, max: 1 } } },
    three: { run: 'suite', probes: { results_report: { min: 3, max: 3 }, command_pass: { max: 0 } } },
  },
});

defineSuite('boots', {
  results,
  cases: {
    'every system call': { boot: { append: 'lines-fail' }, probes: { handle_system_call: 'entry', trace_with_flags: 'entry' } },
    'two CPUs': {
      boot: { append: 'lines-fail', cpus: 2 },
      probes: { handle_system_call: { min: 1 } },
      events: ['memory_region_ops_*'],
      interrupts: { syscall: { min: 1 } },
    },
    'nothing was seen': { boot: { append: 'lines' }, probes: { command_fail: { max: 0 } } },
  },
});
`;

const MISTAKES = `
import { defineSuite } from 'twinboot';

defineSuite('mistakes', {
  cases: {
    misspelt: { run: 'pass x', probes: { comand_pass: 'entry' } },
    everything: { boot: { append: 'pass' }, probes: { '*': 'entry' } },
    another: { run: 'pass x', probes: { command_pass: { min: 1 } } },
  },
});
`;

let project: TestProject;

beforeAll(() => {
  project = new TestProject({
    'vitest.config.ts': kernelConfig([
      `name: 'calamity', suites: ['suites/calls.suite.ts'], rings: ${JSON.stringify(rings)}`,
      `name: 'mistaken', suites: ['suites/mistakes.suite.ts']`,
    ]),
    'suites/calls.suite.ts': CALLS,
    'suites/mistakes.suite.ts': MISTAKES,
    'powers-off.config.ts': kernelConfig([`name: 'calamity'`]).replaceAll(/(kernel: '[^']*')/g, "$1, append: 'lines'"),
  });
});

afterAll(() => project[Symbol.dispose]());

describe('function probes in suites', () => {
  let results: readonly CaseResult[];

  beforeAll(async () => {
    const run = await project.twinboot(['run', '--target', 'calamity']);
    results = project.results().results;
    expect(results, run.all).toHaveLength(18);
    expect(await leftovers(project)).toEqual([]);
  });

  const resultOf = (suite: string, name: string, arch: string): CaseResult =>
    results.find((each) => each.suite === suite && each.case === name && each.environment === `calamity/${arch}`) ??
    expect.fail(`${suite} > ${name} has no result`);

  const callsOf = (suite: string, name: string, arch: string) =>
    Object.fromEntries(resultOf(suite, name, arch).calls?.map((each) => [each.function, each.calls]) ?? []);

  describe.each(['x86_64', 'aarch64'])('on %s', (arch) => {
    const verdictOf = (suite: string, name: string) => resultOf(suite, name, arch).verdict;

    test('count what a command calls', () => {
      expect(verdictOf('commands', 'as often as expected')).toEqual({ kind: 'pass' });
      const { print, ...commands } = callsOf('commands', 'as often as expected', arch);
      expect(print).toBeGreaterThanOrEqual(3);
      expect(Object.entries(commands).filter(([, calls]) => calls > 0)).toEqual([['command_pass', 1]]);
      expect(Object.keys(commands)).toContain('command_help');
    });

    test('fail a case whose calls are not as expected', () => {
      expect(verdictOf('commands', 'too seldom')).toEqual({
        kind: 'fail',
        reason: 'command_fail: expected at least 1 call, saw 0',
      });
      const { evidence = '' } = resultOf('commands', 'too seldom', arch);
      expect(project.read(path.join('reports/latest', evidence, 'probes.txt'))).toContain('command_fail  not called');
      expect(verdictOf('commands', 'too often')).toEqual(
        arch === 'x86_64' ? { kind: 'fail', reason: 'command_p*: expected 0 calls, saw 1' } : { kind: 'pass' },
      );
    });

    test('believe that nothing was called where the kernel’s code stands in RAM', () => {
      expect(verdictOf('commands', 'not at all')).toEqual({ kind: 'pass' });
      expect(verdictOf('boots', 'nothing was seen')).toEqual({
        kind: 'fail',
        reason: expect.stringMatching(/^no call was seen, and nothing shows that the kernel ran where/),
      });
    });

    test('count for each case of a shared machine alone', () => {
      expect([verdictOf('shared', 'one'), verdictOf('shared', 'three')]).toEqual([{ kind: 'pass' }, { kind: 'pass' }]);
      expect(callsOf('shared', 'three', arch)).toEqual({ command_pass: 0, results_report: 3 });
    });

    test.each(['every system call', 'two CPUs'])('count as many calls as the kernel itself: %s', (name) => {
      const { evidence = '' } = resultOf('boots', name, arch);
      const ring = project
        .read(path.join('reports/latest', evidence, 'ring-trace.txt'))
        .trim()
        .split('\n');
      const counted = callsOf('boots', name, arch);
      expect(counted.handle_system_call).toBeGreaterThan(0);
      expect(counted.handle_system_call).toBe(ring.filter((line) => / {2}syscall {2}/.test(line)).length);
      const text = project.read(path.join('reports/latest', evidence, 'probes.txt'));
      const numbers = ring.flatMap((line) => / {2}syscall {2}.*payload=(\d+)/.exec(line)?.[1] ?? []);
      for (const number of numbers)
        expect(/argument 1 {2}(.*)/.exec(text.slice(text.indexOf('handle_system_call')))?.[1]).toContain(number);
    });

    test('share QEMU’s log with interrupts and trace events', () => {
      const { interrupts, evidence = '' } = resultOf('boots', 'two CPUs', arch);
      expect(interrupts?.syscall).toBe(callsOf('boots', 'two CPUs', arch).handle_system_call);
      expect(project.read(path.join('reports/latest', evidence, 'events.txt'))).toMatch(/memory_region_ops_write/);
      expect(project.read(path.join('reports/latest', evidence, 'interrupts.log'))).not.toMatch(
        /^Trace|memory_region/m,
      );
    });
  });
});

test('mistakes in a suite are told by the case that has them', async () => {
  const run = await project.twinboot(['run', '--target', 'mistaken', '--arch', 'x86_64']);
  expect(run.exitCode).toBe(1);
  expect(run.all).toMatch(/probes: \S+calamity\.elf has no function "comand_pass" \(did you mean "command_pass"/);
  expect(run.all).toMatch(/probes: "\*" matches \d+ functions \(.*\); at most 64 can be probed at once/);
  expect(await leftovers(project)).toEqual([]);
});

describe('twinboot probe', () => {
  const probe = (...args: string[]) => project.twinboot(['probe', ...args]);

  test('tells what a command calls, with its arguments', async () => {
    const { stdout, stderr, exitCode } = await probe(
      'calamity',
      '--arch',
      'x86_64',
      'command_*',
      'results_report',
      '--run',
      'pass one',
    );
    expect(stderr).toMatch(
      /^twinboot: probing \d+ functions of calamity\/x86_64; the guest runs up to \d times slower than without$/m,
    );
    expect(stdout).toMatch(/^calamity\/x86_64, .*: `pass one` ended\nlast line: test one: OK\n\nfunction /);
    expect(stdout).toMatch(/^command_pass +1 +\S+ {2}0x[0-9a-f]+ \| /m);
    expect(stdout).toMatch(/^not called: .*\bcommand_echo, /m);
    expect(exitCode).toBe(0);
  });

  test('tells what a boot calls, for a machine to read', async () => {
    const { stdout, exitCode } = await probe(
      'calamity',
      '--arch',
      'arm64',
      'stage_reached',
      '--for',
      '2m',
      '--json',
      '-c',
      'powers-off.config.ts',
    );
    expect(exitCode).toBe(0);
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({
      environment: 'calamity/aarch64',
      ended: 'the machine ended (guest-shutdown)',
      kernel: 'there',
    });
    expect(told.functions).toMatchObject([{ name: 'stage_reached', calls: 6 }]);
    expect(told.functions[0].arguments[0].values).toHaveLength(6);
  });

  test.each([
    [['calamty', 'print'], 'target: expected "calamity" | "mistaken", got "calamty" (did you mean "calamity"?)'],
    [['calamity', 'print'], '--arch: expected one of x86_64, aarch64: calamity has an image for each'],
    [['calamity', '--arch', 'arm46', 'print'], 'arch: expected "x86_64" | '],
    [['calamity', '--arch', 'arm64', 'prnt'], 'has no function "prnt" (did you mean "print"'],
    [['calamity', '--arch', 'arm64', 'print', '--for', 'ever'], 'expected a time such as 10s or 2m'],
    [['calamity'], "error: missing required argument 'function'"],
  ])('%j is refused', async (args, told) => {
    const run = await probe(...args);
    expect(run.all).toContain(told);
    expect(run.exitCode).toBe(2);
  });
});
