import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers } from '../testing/leftovers.ts';
import { kernelConfig, TestProject } from '../testing/project.ts';

/** The rings and the table that the kernel that misbehaves on request has in its RAM (kernel/trace.h, kernel/results.h). */
const RINGS = `
  trace: {
    symbol: 'trace_ring_cpu{cpu}',
    capacity: 1024,
    entry: {
      bytes: 16,
      fields: {
        timestamp: { at: 0, type: 'u64' },
        type: { at: 8, type: 'u16' },
        cpu: { at: 10, type: 'u8' },
        flags: { at: 11, type: 'u8' },
        payload: { at: 12, type: 'u32' },
      },
    },
    head: { symbol: 'trace_head_cpu{cpu}', type: 'u64', counts: 'events' },
    time: 'timestamp',
    event: {
      field: 'type',
      names: { 1: 'stage', 2: 'timer', 3: 'serial', 4: 'syscall', 5: 'exception', 6: 'second' },
    },
    laws: ['monotonic'],
  },
`;
const TABLES = `
  results: {
    symbol: 'test_results',
    magic: { at: 0, type: 'u32', value: 0x54534554 },
    count: { at: 4, type: 'u32' },
    first: 8,
    capacity: 64,
    entry: {
      bytes: 40,
      fields: {
        name: { at: 0, type: 'text', bytes: 32 },
        status: { at: 32, type: 'u32' },
        times: { at: 36, type: 'u32' },
      },
    },
    name: 'name',
    status: { field: 'status', means: { 1: 'started', 2: 'pass', 3: 'fail', 4: 'skip' } },
  },
`;

const BOOTS = `
import { defineSuite } from 'twinboot';

const boot = (append, more = {}) => ({ boot: { append }, ...more });

defineSuite('boots', {
  results: { table: 'results' },
  cases: {
    passes: boot('lines'),
    fails: boot('lines-fail'),
    'dies during beta': boot('lines-die'),
    'says nothing': boot('poweroff'),
    resets: boot('reset'),
    dereferences: boot('null-dereference'),
    'two hang': { boot: { append: 'lock-two-cpus', cpus: 2 } },
    'takes its RAM along': boot('pass', { results: { qemuExit: { 33: 'pass' } } }),
  },
});
`;

const COMMANDS = `
import { defineSuite } from 'twinboot';

for (const isolation of ['clone', 'shared'])
  defineSuite(isolation, {
    isolation,
    results: { table: 'results' },
    cases: {
      one: { run: 'pass one' },
      two: { run: 'pass two' },
      three: { run: 'fail three' },
      none: { run: 'echo four' },
    },
  });
`;

const NOTES = `
import { defineSuite } from 'twinboot';

defineSuite('notes', { cases: { ends: { boot: { append: 'lines' }, results: { lines: [{ match: /^test result: ok/, case: 'pass' }] } } } });
`;

describe('what a kernel keeps in its RAM', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([
        `name: 'calamity', rings: { ${RINGS} }, tables: { ${TABLES} }, suites: ['suites/{boots,commands}.suite.ts']`,
        `name: 'misspelt', rings: { ${RINGS.replace('trace_ring_cpu{cpu}', 'trace_rings_cpu{cpu}')} }, suites: ['suites/notes.suite.ts']`,
        `name: 'too-large', rings: { ${RINGS.replace('1024', '2048')} }, suites: ['suites/notes.suite.ts']`,
      ]),
      'suites/boots.suite.ts': BOOTS,
      'suites/commands.suite.ts': COMMANDS,
      'suites/notes.suite.ts': NOTES,
    });
    run = await project.twinboot(['run']);
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (suite: string, name: string, arch: string, target = 'calamity') =>
    project
      .results()
      .results.find(
        (result) => result.suite === suite && result.case === name && result.environment === `${target}/${arch}`,
      ) ?? expect.fail(`${suite} > ${name} has no result:\n${run.all}`);

  const evidenceOf = (name: string, arch: string, file: string) =>
    project.read(path.join('reports/latest', resultOf('boots', name, arch).evidence ?? '', file));

  const subtestsOf = (suite: string, name: string, arch: string) =>
    resultOf(suite, name, arch).subtests.map((subtest) => [subtest.name, subtest.verdict.kind]);

  describe.each(['x86_64', 'aarch64'])('on %s', (arch) => {
    test('its table tells the results of a boot that powers off', () => {
      expect(resultOf('boots', 'passes', arch).verdict).toEqual({ kind: 'pass' });
      expect(subtestsOf('boots', 'passes', arch)).toEqual([
        ['alpha', 'pass'],
        ['beta', 'pass'],
      ]);
      expect(resultOf('boots', 'fails', arch).verdict).toEqual({
        kind: 'fail',
        reason: '1 of 2 subtests failed: beta',
      });
      expect(evidenceOf('fails', arch, 'table-results.txt').split('\n').filter(Boolean)).toEqual([
        'pass  alpha  name="alpha" status=2 times=2',
        'fail  beta  name="beta" status=3 times=2',
      ]);
    });

    test('an empty table is no pass', () => {
      expect(resultOf('boots', 'says nothing', arch).verdict).toEqual({
        kind: 'fail',
        reason: 'the guest ended without saying whether it passed',
      });
    });

    test('a crash is blamed on the test that had started', () => {
      expect(resultOf('boots', 'dies during beta', arch)).toMatchObject({
        verdict: { kind: 'crash', cause: 'panic' },
        notes: expect.arrayContaining(['it happened during beta']),
      });
    });

    test('its ring is evidence of a reset, also with the machine at its end', () => {
      expect(resultOf('boots', 'resets', arch).verdict).toMatchObject({ kind: 'crash', cause: 'reset' });
      const ring = evidenceOf('resets', arch, 'ring-trace.txt').split('\n').filter(Boolean);
      const stages = ring.filter((line) => / {2}stage {2}/.test(line));
      expect(stages.map((line) => /payload=(\d+)/.exec(line)?.[1])).toEqual(['16', '32', '48', '64', '80', '96']);
      expect(ring.filter((line) => / {2}syscall {2}/.test(line)).length).toBeGreaterThan(0);
      expect(ring.every((line) => /^CPU 0 {2}\d+/.test(line))).toBe(true);
    });

    test('the exception that killed it is in its ring', () => {
      expect(evidenceOf('dereferences', arch, 'ring-trace.txt').trim().split('\n').at(-1)).toMatch(/ {2}exception {2}/);
    });

    test('the rings of two CPUs are merged', () => {
      expect(resultOf('boots', 'two hang', arch).verdict).toMatchObject({ kind: 'hang' });
      const ring = evidenceOf('two hang', arch, 'ring-trace.txt');
      expect(ring).toMatch(/^CPU 1 {2}.* {2}second {2}/m);
      expect(ring).toMatch(/^CPU 0 {2}.* {2}timer {2}/m);
    });

    test('a guest that leaves through the exit device takes it along, and that is said', () => {
      expect(resultOf('boots', 'takes its RAM along', arch)).toMatchObject({
        verdict: {
          kind: 'fail',
          reason: 'the table results in RAM: not read: the machine had ended, and its RAM is gone',
        },
        notes: expect.arrayContaining(['ring trace: not read: the machine had ended, and its RAM is gone']),
      });
    });

    test.each(['clone', 'shared'])('of a machine in use, only what a command has changed counts: %s', (suite) => {
      expect(['one', 'two', 'three', 'none'].map((name) => subtestsOf(suite, name, arch))).toEqual([
        [['one', 'pass']],
        [['two', 'pass']],
        [['three', 'fail']],
        [],
      ]);
      expect(resultOf(suite, 'none', arch).verdict).toMatchObject({ kind: 'fail' });
    });

    test('a symbol that does not exist, and one that is too small, are told', () => {
      const [misspelt] = resultOf('notes', 'ends', arch, 'misspelt').notes;
      expect(misspelt).toMatch(
        /^ring trace: CPU 0: not read: .*calamity\.elf has no symbol "trace_rings_cpu0" \(did you mean "trace_ring_cpu0"\?\)$/,
      );
      expect(resultOf('notes', 'ends', arch, 'too-large')).toMatchObject({
        verdict: { kind: 'pass' },
        notes: ['ring trace: CPU 0: not read: trace_ring_cpu0 has 16384 bytes, and the declaration wants 32768'],
      });
    });
  });

  test('leaves nothing', async () => {
    expect(await leftovers(project)).toEqual([]);
  });
});
