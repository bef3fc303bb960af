import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseResult, RunResults } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

/** Tests written as code: what they do with the machine, and what must become of them. */
const TESTS = {
  'talks to the shell and the monitor': {
    does: `
      const { status, output } = await machine.run('pass a');
      expect(status).toBeUndefined();
      expect(output).toContain('test a: OK');
      await machine.console.send('echo hello there\\n');
      await machine.console.expect(/^hello there$/);
      await machine.console.expectPrompt('calamity> ');
      expect(await machine.qmp('query-status')).toMatchObject({ running: true });`,
    is: { kind: 'pass' },
  },
  'asserts what is not so': {
    does: `
      const { output } = await machine.run('pass a');
      expect(output).toContain('test b: OK');`,
    is: { kind: 'fail', reason: expect.stringContaining("to include 'test b: OK'") },
  },
  'waits in vain': {
    does: `await machine.console.expect(/^never$/, { within: '200ms' });`,
    is: { kind: 'fail', reason: expect.stringContaining('No line matched /^never$/ within 200 ms') },
  },
  'runs a command that hangs': {
    does: `await machine.run('hang', { timeout: '1s' });`,
    is: { kind: 'fail', reason: 'The command `hang` did not end as commands do: timeout.' },
  },
  'asks the monitor for what it does not know': {
    does: `await machine.qmp('query-weather');`,
    is: { kind: 'fail', reason: expect.stringContaining('QEMU refused the monitor command query-weather') },
  },
  'panics while it waits': {
    does: `
      await machine.console.send('panic\\n');
      await machine.console.expect(/^never$/);`,
    is: { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: something is very wrong' },
  },
  'panics in a command': {
    does: `await machine.run('panic');`,
    is: { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: something is very wrong' },
  },
  'panics and does not mind': {
    does: `
      await machine.console.send('panic\\n');
      await machine.console.expect(/^never$/).catch(() => {});`,
    is: { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: something is very wrong' },
  },
  'powers off by itself': {
    does: `
      await machine.console.send('poweroff\\n');
      await expect(machine.console.expect(/^never$/)).rejects.toThrow('before the console closed');`,
    is: { kind: 'pass' },
  },
  'throws by mistake': {
    does: `machine.konsole.send('help');`,
    is: { kind: 'fail', reason: expect.stringContaining('Cannot read properties of undefined') },
  },
  'has a fixture that throws': {
    needs: 'brittle',
    does: `expect(brittle).toBe('never reached');`,
    is: { kind: 'fail', reason: 'the fixture broke' },
  },
} as const satisfies Record<string, { needs?: string; does: string; is: unknown }>;

const SUITE = `
import { test as base } from 'twinboot';
import { describe, expect } from 'vitest';

const test = base.extend({
  brittle: async ({ machine }, use) => {
    await machine.run('pass a');
    throw new Error('the fixture broke');
  },
});

describe('by hand', () => {
  ${Object.entries(TESTS)
    .map(
      ([name, { needs = 'machine', does }]: [string, { needs?: string; does: string }]) =>
        `test('${name}', async ({ ${needs} }) => {${does}\n  });`,
    )
    .join('\n\n  ')}
});
`;

const ARCHS = ['x86_64', 'aarch64'] as const;

describe('tests written as code', () => {
  let project: TestProject;
  let run: Awaited<ReturnType<TestProject['twinboot']>>;
  let results: RunResults;

  beforeAll(async () => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/by-hand.suite.ts': SUITE });
    run = await project.twinboot(['run']);
    results = project.results();
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (name: string, arch: string): CaseResult | undefined =>
    results.results.find((result) => result.case === name && result.environment === `calamity/${arch}`);

  for (const arch of ARCHS) {
    for (const [name, { is }] of Object.entries(TESTS)) {
      test(`one that ${name} is ${is.kind} on ${arch}`, () => {
        expect(resultOf(name, arch)?.verdict).toMatchObject(is);
      });

      test(`one that ${name} ${is.kind === 'pass' ? 'passes' : 'fails'} for vitest, too, on ${arch}`, () => {
        expect(run.stdout).toMatch(new RegExp(`${is.kind === 'pass' ? '✓' : '×'} ${name} `));
      });
    }
  }

  test('are cases of the suite that is named around them', () => {
    expect(results.results).toHaveLength(ARCHS.length * Object.keys(TESTS).length);
    for (const { suite, file } of results.results) {
      expect([suite, file]).toEqual(['by hand', 'suites/by-hand.suite.ts']);
    }
  });

  test('leave evidence of what did not pass: what the guest said, and how to run it again', () => {
    const { evidence } = resultOf('panics while it waits', 'aarch64') ?? {};
    const read = (file: string) => project.read(path.join('reports/latest', String(evidence), file));
    expect(read('verdict.txt')).toContain('crash (panic): KERNEL PANIC: something is very wrong');
    expect(read('console-user.log')).toContain('KERNEL PANIC: something is very wrong');
    expect(read('reproduce.sh')).toContain('qemu-system-aarch64');
    expect(resultOf('powers off by itself', 'aarch64')?.evidence).toBeUndefined();
  });

  test('end their machines, whatever became of them', async () => {
    expect(run.exitCode).toBe(1);
    expect(results.run.complete).toBe(true);
    expect(await leftovers(project)).toEqual([]);
  });
});
