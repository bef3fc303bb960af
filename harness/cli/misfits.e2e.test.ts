import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseResult, RunResults } from '../report/results.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

/** Every way of failing, on a kernel that does it on request: what is declared, and what must become of it. */
const MISFITS = {
  panic: {
    declared: `boot: { append: 'panic' }`,
    is: { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: something is very wrong' },
  },
  reset: { declared: `boot: { append: 'reset' }`, is: { kind: 'crash', cause: 'reset' } },
  'reset loop': { declared: `boot: { append: 'resetloop' }`, is: { kind: 'crash', cause: 'reset' } },
  silence: {
    declared: `boot: { append: 'silent' }, timeout: '2s'`,
    is: { kind: 'hang', waitingFor: 'the guest to end' },
  },
  flood: { declared: `boot: { append: 'flood' }, timeout: '3s'`, is: { kind: 'timeout', afterMs: 3000 } },
  'power-off at once': {
    declared: `boot: { append: 'poweroff' }`,
    is: { kind: 'fail', reason: 'the guest ended without saying whether it passed' },
  },
  'exit status that says fail': {
    declared: `boot: { append: 'failcode' }, results: { qemuExit: { 33: 'pass', 35: 'fail' } }`,
    is: { kind: 'fail' },
  },
  'exit status nobody listed': {
    declared: `boot: { append: 'exit=3' }, results: { qemuExit: { 33: 'pass' } }`,
    is: { kind: 'fail' },
  },
  'exit status without text': {
    declared: `boot: { append: 'exit=16' }, results: { qemuExit: { 33: 'pass', 16: 'pass' } }`,
    is: { kind: 'pass' },
  },
  'typed command that leaves with a status for pass': {
    declared: `run: 'exit=16', results: { qemuExit: { 33: 'pass', 16: 'pass' } }`,
    is: { kind: 'pass' },
  },
  'typed command that leaves with another status': {
    declared: `run: 'exit=3', results: { qemuExit: { 33: 'pass' } }`,
    is: { kind: 'fail' },
  },
  'typed command that leaves where no status is declared': {
    declared: `run: 'poweroff'`,
    is: { kind: 'crash', cause: 'shutdown' },
  },
  'text and status disagree': {
    declared: `boot: { append: 'failcode' }, results: { qemuExit: { 35: 'pass' }, lines: [{ match: /fail/i, case: 'fail' }] }`,
    is: { kind: 'fail' },
  },
  'success that a test forged': {
    declared: `boot: { append: 'forged' }, results: { ...LINES, qemuExit: { 33: 'pass', 35: 'fail' } }`,
    is: { kind: 'fail' },
  },
  'failing KTAP': { declared: `boot: { append: 'ktap-notok' }`, is: { kind: 'fail' } },
  'plan of five, three results': { declared: `boot: { append: 'ktap-short' }`, is: { kind: 'fail' } },
  'bail-out': { declared: `boot: { append: 'ktap-bail' }`, is: { kind: 'fail' } },
  'KTAP wanted, none printed': {
    declared: `boot: { append: 'lines' }, results: { tap: 'required' }`,
    is: { kind: 'fail' },
  },
  'failing lines': { declared: `boot: { append: 'lines-fail' }, results: LINES`, is: { kind: 'fail' } },
  'death in the second test': {
    declared: `boot: { append: 'lines-die' }, results: LINES`,
    is: { kind: 'crash', cause: 'panic' },
  },
  'pass, then panic': {
    declared: `boot: { append: 'pass-then-panic' }, results: LINES`,
    is: { kind: 'crash', cause: 'panic' },
  },
  'slow, and in time': {
    declared: `boot: { append: 'slow' }, results: { lines: [{ match: /^done/, case: 'pass' }] }`,
    is: { kind: 'pass' },
  },
  'a line of ten megabytes': {
    declared: `boot: { append: 'longline' }, results: { lines: [{ match: /^after the long line/, case: 'pass' }] }, timeout: '2m'`,
    is: { kind: 'pass' },
  },
  garbage: {
    declared: `boot: { append: 'garbage' }, results: { lines: [{ match: /^done/, case: 'pass' }] }`,
    is: { kind: 'pass' },
  },
  'no such image': { declared: `boot: { kernel: 'build/{arch}/nothing.elf' }`, is: { kind: 'missing' } },
  'not for this kernel': { declared: `run: 'pass a', skip: { because: 'it has no such thing' }`, is: { kind: 'skip' } },
  'command that panics': { declared: `run: 'panic', results: LINES`, is: { kind: 'crash', cause: 'panic' } },
  'command after a panic': { declared: `run: 'pass a', results: LINES`, is: { kind: 'pass' } },
  'command that resets': { declared: `run: 'reset', results: LINES`, is: { kind: 'crash', cause: 'reset' } },
  'command that powers off': { declared: `run: 'poweroff', results: LINES`, is: { kind: 'crash', cause: 'shutdown' } },
  'command that hangs': {
    declared: `run: 'hang', results: LINES, timeout: '2s'`,
    is: { kind: 'hang', how: 'spinning-irqs-off', waitingFor: '`hang` to end' },
  },
  'command that floods': { declared: `run: 'flood', results: LINES, timeout: '3s'`, is: { kind: 'timeout' } },
  'command that fails': { declared: `run: 'fail a', results: LINES`, is: { kind: 'fail' } },
  'command that says nothing of itself': { declared: `run: 'echo hello', results: LINES`, is: { kind: 'fail' } },
  'command that does not exist': { declared: `run: 'frobnicate', results: LINES`, is: { kind: 'missing' } },
} as const satisfies Record<string, { declared: string; is: Partial<CaseResult['verdict']> }>;

const ARCHS = ['x86_64', 'aarch64'] as const;

const suite = `
import { defineSuite } from 'twinboot';

const LINES = {
  lines: [
    { match: /^running (\\S+)/, subtest: 'started' },
    { match: /^test (\\S+): OK/, subtest: 'pass' },
    { match: /^test (\\S+): FAILED/, subtest: 'fail' },
    { match: /^test result: ok/, case: 'pass' },
  ],
};

defineSuite('misfits', {
  cases: {
    ${Object.entries(MISFITS)
      .map(([name, { declared }]) => `${JSON.stringify(name)}: { ${declared} },`)
      .join('\n    ')}
  },
});
`;

describe('a suite of everything that can go wrong', () => {
  let project: TestProject;
  let run: { exitCode?: number | undefined; all: string };
  let results: RunResults;

  beforeAll(async () => {
    project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/misfits.suite.ts': suite });
    run = await project.twinboot(['run']);
    results = project.results();
  });

  afterAll(() => project[Symbol.dispose]());

  for (const arch of ARCHS) {
    for (const [name, { is }] of Object.entries(MISFITS)) {
      test(`${name} is ${is.kind} on ${arch}`, () => {
        const result = results.results.find(
          (candidate) => candidate.case === name && candidate.environment === `calamity/${arch}`,
        );
        expect(result?.verdict).toMatchObject(is);
      });
    }
  }

  test('blames a death on the test that was running', () => {
    const died = results.results.filter((result) => result.case === 'death in the second test');
    expect(died.map(({ notes }) => notes)).toEqual(
      [['it happened during beta'], ['it happened during beta']].map((notes) => expect.arrayContaining(notes)),
    );
  });

  test('keeps evidence of exactly what did not pass', () => {
    for (const { verdict, evidence } of results.results) {
      const folder = evidence && path.join(project.folder, 'reports/latest', evidence);
      if (verdict.kind === 'pass' || verdict.kind === 'skip') expect(evidence).toBeUndefined();
      else expect(existsSync(path.join(String(folder), 'verdict.txt'))).toBe(true);
    }
  });

  test('ends with exit code 1 and the parity report', () => {
    expect(run.exitCode).toBe(1);
    expect(run.all).toContain('Parity: calamity');
    expect(results.run.complete).toBe(true);
  });
});
