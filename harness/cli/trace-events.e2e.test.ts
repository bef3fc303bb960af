import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs');
const BOOT = path.join(LOGS, 'events/x86_64/boot-and-key.log');

describe('twinboot trace events', () => {
  let project: TestProject;
  beforeAll(() => {
    project = new TestProject({});
  });
  afterAll(() => project[Symbol.dispose]());

  const events = (...args: string[]) => project.twinboot(['trace', 'events', ...args]);

  test('tells what a log holds, as text and as JSON, from a file and from the standard input', async () => {
    const text = await events(BOOT, '--last', '1');
    expect(text.stdout).toMatch(/^294 trace events of 7 kinds in .*; 6 lines of another kind passed over\n/);
    expect(text.stdout).toContain('PCI configuration space: 5 functions looked at');
    const json = project.twinboot(['trace', 'events', '-', '--json']);
    json.stdin?.end(readFileSync(BOOT));
    expect(JSON.parse((await json).stdout)).toMatchObject({
      schema: 'twinboot-trace-events/1',
      source: 'the standard input',
      total: 294,
      counts: { pci_cfg_read: 167, ps2_put_keycode: 3 },
      keys: [
        { key: 'g', down: true },
        { key: 'g', down: false },
      ],
    });
    expect([text.exitCode, (await json).exitCode]).toEqual([0, 0]);
  });

  test('says what it cannot read, and what to do', async () => {
    project.write('empty.log', '');
    project.write('packed.log', '');
    appendFileSync(path.join(project.folder, 'packed.log'), gzipSync('pci_cfg_read'));
    project.write('cut.log', 'pci_cfg_read mch 00:0');
    const answers = [
      ['empty.log', "empty.log is empty: QEMU writes them with -trace 'pci_cfg_*' -D FILE"],
      ['packed.log', 'packed.log is compressed with gzip. `zcat packed.log | twinboot trace events -` reads it.'],
      ['cut.log', 'cut.log holds not one trace event (1 line cut, or not as expected): '],
      [path.join(LOGS, 'int/x86_64/user.log'), 'user.log holds not one trace event: '],
      [process.execPath, 'is binary, and no log of trace events'],
      ['nowhere.log', 'nowhere.log does not exist'],
    ] as const;
    for (const [file, answer] of answers) {
      const { stderr, exitCode } = await events(file);
      expect([stderr, exitCode]).toEqual([expect.stringContaining(answer), 2]);
    }
  });
});

const LINES = `lines: [{ match: /^test (\\S+): OK/, subtest: 'pass' }, { match: /^test (\\S+): FAILED/, subtest: 'fail' }]`;

const SUITE = `
import { defineBoot, defineSuite, test } from 'twinboot';
import { expect } from 'vitest';

defineSuite('events', {
  results: { ${LINES} },
  events: ['memory_region_ops_read'],
  cases: {
    'a command is told of': { run: 'pass one', events: { memory_region_ops_write: { min: 10 }, dma_blk_io: { max: 0 } } },
    'a command does what it should not': { run: 'pass one', events: { dma_blk_io: { min: 1, matching: /offset=0/ } } },
    'a boot begins with its first instruction': { boot: { append: 'lines' }, events: { memory_region_ops_write: { min: 10 } } },
    'an event that there is not': { run: 'pass one', events: ['pci_cfg_reed'] },
    'the next command': { run: 'pass two' },
  },
});

const ready = { marker: 'stage: ready', within: '60s', means: 'no', look: 'here' };

defineBoot('a boot', {
  events: { memory_region_ops_write: { min: 10 }, dma_blk_io: { min: 1 } },
  stages: [{ ...ready, name: 'reached' }, { ...ready, name: 'reached without a read from disk' }],
});

test('events while something is done', async ({ machine }) => {
  const { total, counts } = await machine.trace(['memory_region_ops_*'], () => machine.run('echo hello'));
  expect(total).toBeGreaterThan(5);
  expect(counts.memory_region_ops_write).toBeGreaterThan(5);
  expect((await machine.trace(['dma_*'], async () => {})).total).toBe(0);
  await expect(machine.trace(['pci_cfg_*', 'dma_blk_oi'], async () => {})).rejects.toThrow('there are dma_blk_io');
});
`;

describe('suites that trace events', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;

  beforeAll(async () => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/events.suite.ts': SUITE });
    run = await project.twinboot(['run']);
  });
  afterAll(() => project[Symbol.dispose]());

  test.each(['x86_64', 'aarch64'])('judge by them on %s', (arch) => {
    const results = project.results().results.filter(({ environment }) => environment === `calamity/${arch}`);
    expect(Object.fromEntries(results.map(({ case: name, verdict }) => [name, verdict.kind]))).toEqual({
      'a command is told of': 'pass',
      'a command does what it should not': 'fail',
      'a boot begins with its first instruction': 'pass',
      'the next command': 'pass',
      reached: 'pass',
      'reached without a read from disk': 'fail',
      'events while something is done': 'pass',
    });
    expect(results.find(({ case: name }) => name === 'reached without a read from disk')?.verdict).toMatchObject({
      reason: 'the trace event dma_blk_io came 0 times, expected at least 1',
    });
    const failed = results.find(({ case: name }) => name === 'a command does what it should not');
    expect(failed?.verdict).toMatchObject({
      reason: 'the trace event dma_blk_io with /offset=0/ came 0 times, expected at least 1',
    });
    const evidence = project.read(`reports/latest/${failed?.evidence}/events.txt`);
    expect(evidence).toMatch(/^ {2}event +count\n {2}memory_region_ops_read +\d+\n/);
  });

  test('say which event there is not, and which there are', () => {
    expect(run.all).toContain('events: this QEMU has no trace event "pci_cfg_reed"; there are pci_cfg_read');
    expect(run.exitCode).toBe(1);
  });

  test('leave nothing behind', async () => {
    expect(await leftovers(project)).toEqual([]);
  });
});
