import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rings, tables } from '../../fixtures/calamity/ram.ts';
import { leftovers } from '../testing/leftovers.ts';
import { kernelConfig, TestProject } from '../testing/project.ts';

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

const CODE = `
import { test } from 'twinboot';
import { expect } from 'vitest';

test('a ring wraps', async ({ machine }) => {
  const isYoung = async () => (await machine.ring('trace')).events.some(({ name }) => name === 'stage');
  while (await isYoung()) for (let line = 0; line < 20; line++) await machine.run('echo ' + 'x'.repeat(60));
  const { events, notes, violations } = await machine.ring('trace');
  expect([notes, violations]).toEqual([[], []]);
  expect(events).toHaveLength(1024);
  const numbers = events.filter(({ name }) => name === 'timer').map(({ fields }) => fields.payload);
  expect(numbers).toEqual(numbers.map((_, index) => numbers[0] + index));
});

test('a table is read', async ({ machine }) => {
  await machine.run('fail this');
  const { entries } = await machine.table('results');
  expect(entries.map(({ name, status, fields }) => [name, status, fields.value])).toEqual([['this', 'fail', 1]]);
  await expect(machine.ring('trice')).rejects.toThrow('ring: expected "trace", got "trice" (did you mean "trace"?)');
});
`;

/** @param suites Names of suite files. */
function target(name: string, suites: string, ram: object): string {
  const fields = Object.entries(ram).map(([field, value]) => `${field}: ${JSON.stringify(value)}`);
  return [`name: '${name}', suites: ['suites/{${suites},}.suite.ts']`, ...fields].join(', ');
}

describe('what a kernel keeps in its RAM', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([
        target('calamity', 'boots,commands,code', { rings, tables }),
        target('misspelt', 'notes', { rings: { trace: { ...rings.trace, symbol: 'trace_rings_cpu{cpu}' } } }),
        target('too-large', 'notes', { rings: { trace: { ...rings.trace, capacity: 2048 } } }),
      ]),
      'suites/boots.suite.ts': BOOTS,
      'suites/commands.suite.ts': COMMANDS,
      'suites/notes.suite.ts': NOTES,
      'suites/code.suite.ts': CODE,
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
        'pass  alpha  name="alpha" status=2 value=2',
        'fail  beta  name="beta" status=3 value=2',
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

    test('a test that is written as code reads it, also a ring that has wrapped', () => {
      const results = project.results().results.filter(({ suite }) => suite === 'suites/code.suite.ts');
      expect(
        results.filter(({ environment }) => environment === `calamity/${arch}`).map(({ verdict }) => verdict),
      ).toEqual([{ kind: 'pass' }, { kind: 'pass' }]);
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
