import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { InterruptReport } from '../report/interrupt-report.ts';
import { leftovers } from '../testing/leftovers.ts';
import { kernelConfig, TestProject } from '../testing/project.ts';

/** The kernel makes two system calls as it boots, and three for each `user`. */
const SUITE = `
import { defineSuite } from 'twinboot';

const results = { lines: [{ match: /^test result/, case: 'pass' }] };
const boot = (append, interrupts) => ({ boot: { append }, interrupts });

defineSuite('boots', {
  results,
  interrupts: { 'double-fault': { max: 0 } },
  cases: {
    'as expected': boot('user', { syscall: { min: 5, max: 5 }, timer: { min: 1 }, unexpected: [] }),
    'too few': boot('user', { irq: { min: 100_000 }, timer: { min: 1 } }),
    'a fault': boot('user-fault', { unexpected: [] }),
    'a fault that is known': boot('user-fault', { unexpected: ['page-fault'] }),
    'a crash': boot('null-dereference', { 'page-fault': { max: 0 } }),
  },
});

const user = { run: 'user', interrupts: { syscall: { min: 3, max: 3 } } };
for (const isolation of ['clone', 'shared']) defineSuite(isolation, { isolation, results, cases: { one: user, two: user } });
`;

const STAGES = `
import { defineBoot } from 'twinboot';

const stage = (marker, interrupts) => ({ name: marker, marker, within: '60s', means: 'no', look: 'here', interrupts });

defineBoot('stages', {
  stages: [
    stage('stage: console', { 'double-fault': { max: 0 } }),
    stage('stage: ready', { syscall: { min: 2, max: 2 }, timer: { max: 100_000 }, unexpected: [] }),
    { ...stage('stage: ready', { irq: { min: 100_000 } }), name: 'a storm' },
  ],
});
`;

const CODE = `
import { test } from 'twinboot';
import { expect } from 'vitest';

test('counts', async ({ machine }) => {
  for (const calls of [3, 6]) {
    await machine.run('user');
    expect((await machine.interrupts()).syscall).toBe(calls);
  }
});
`;

const LAUNCHED = `
import { defineSuite } from 'twinboot';

defineSuite('launched', { cases: { boots: { boot: {}, interrupts: { irq: { min: 1 } } } } });
`;

const VECTORS = 'vectors: { x86_64: { timer: 0x20 }, aarch64: { timer: 5 } }';
const LAUNCHER = "images: { x86_64: { from: 'launcher', command: ['false'] } }";

describe('interrupts in suites', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': kernelConfig([
        `name: 'calamity', ${VECTORS}, suites: ['suites/counted.suite.ts', 'suites/stages.suite.ts', 'suites/code.suite.ts']`,
        `name: 'launched', ${LAUNCHER}, suites: ['suites/launched.suite.ts']`,
      ]),
      'suites/counted.suite.ts': SUITE,
      'suites/stages.suite.ts': STAGES,
      'suites/code.suite.ts': CODE,
      'suites/launched.suite.ts': LAUNCHED,
    });
    run = await project.twinboot(['run', '--keep-interrupts']);
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (suite: string, name: string, arch: string) =>
    project
      .results()
      .results.find(
        (result) => result.suite === suite && result.case === name && result.environment === `calamity/${arch}`,
      ) ?? expect.fail(`${suite} > ${name} has no result:\n${run.all}`);

  const logOf = (suite: string, name: string, arch: string) =>
    path.join('reports/latest', resultOf(suite, name, arch).evidence ?? '', 'interrupts-whole.log');

  describe.each(['x86_64', 'aarch64'])('on %s', (arch) => {
    test('a case passes whose interrupts are as expected', () => {
      expect(resultOf('boots', 'as expected', arch)).toMatchObject({
        verdict: { kind: 'pass' },
        interrupts: { syscall: 5, irq: expect.any(Number) },
      });
      expect(resultOf('boots', 'a fault that is known', arch).verdict).toEqual({ kind: 'pass' });
    });

    test('one fails whose interrupts are not, with what was expected and what came', () => {
      const few = resultOf('boots', 'too few', arch);
      expect(few.verdict).toMatchObject({
        kind: 'fail',
        reason: expect.stringMatching(
          /^interrupts: expected irq at least 100000 times; counted .*\d+ irq \(IRQ( 0x20)?\)/,
        ),
      });
      expect(few.notes).toEqual([
        'results disagree: line rules says pass, the interrupt log says fail; the worse one holds',
      ]);
      expect(resultOf('boots', 'a fault', arch).verdict).toMatchObject({
        kind: 'fail',
        reason: expect.stringMatching(
          /^interrupts: expected no exception; counted .*1 page-fault \((#PF|Data Abort)\)/,
        ),
      });
    });

    test('a crash is a crash, whatever came', () => {
      expect(resultOf('boots', 'a crash', arch)).toMatchObject({
        verdict: { kind: 'crash', cause: 'panic' },
        interrupts: { 'page-fault': 1 },
      });
    });

    test.each(['clone', 'shared'])('a command’s are its own: %s', (suite) => {
      for (const name of ['one', 'two'])
        expect(resultOf(suite, name, arch)).toMatchObject({ verdict: { kind: 'pass' }, interrupts: { syscall: 3 } });
    });

    test('a boot’s are counted up to each of its stages', () => {
      for (const stage of ['stage: console', 'stage: ready'])
        expect(resultOf('stages', stage, arch).verdict, stage).toEqual({ kind: 'pass' });
      expect(resultOf('stages', 'a storm', arch)).toMatchObject({
        verdict: { kind: 'fail', reason: expect.stringMatching(/^interrupts: expected irq at least 100000 times; /) },
        notes: ['it means: no', 'look at: here'],
      });
    });

    test('a test that is written as code asks for them', () => {
      expect(resultOf('suites/code.suite.ts', 'counts', arch)).toMatchObject({
        verdict: { kind: 'pass' },
        interrupts: { syscall: 6 },
      });
    });

    test.each(['as expected', 'a fault', 'a crash'])('the whole log is kept, and tells the same: %s', async (name) => {
      const { interrupts } = resultOf('boots', name, arch);
      const report = await project.twinboot(['trace', 'report', '--json', logOf('boots', name, arch)]);
      const { handlers, cut } = JSON.parse(report.stdout) as InterruptReport;
      const totals = handlers.filter(({ owner }) => owner === 'kernel').flatMap((table) => table.totals);
      const counted: Record<string, number> = {};
      for (const { class: kind, count } of totals)
        if (kind !== 'exception-return') counted[kind] = (counted[kind] ?? 0) + count;
      expect(counted).toEqual(interrupts);
      expect(cut).toEqual({ atEnd: false, within: 0 });
    });

    test('of a clone, too, from its beginning on', () => {
      expect(project.read(logOf('clone', 'one', arch))).toMatch(/^CPU Reset \(CPU 0\)/);
    });
  });

  test('are refused of a launcher’s machine, in words', () => {
    expect(run.all).toContain(
      'launched/x86_64: a launcher starts QEMU with its own arguments: its interrupts cannot be counted, so `interrupts` must go',
    );
  });

  test('leaves nothing', async () => {
    expect(await leftovers(project)).toEqual([]);
  });
});
