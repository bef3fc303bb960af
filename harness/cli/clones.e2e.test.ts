import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CaseResult } from '../report/results.ts';
import { linuxConfig } from '../testing/linux-config.ts';
import { TestProject } from '../testing/project.ts';

/** Ways in which a clone comes to its end, each a command, and what must become of the case. */
const ENDS = {
  panics: {
    run: 'echo c >/proc/sysrq-trigger',
    is: { kind: 'crash', cause: 'panic', title: 'Kernel panic - not syncing: sysrq triggered crash' },
  },
  'powers off': { run: 'poweroff', is: { kind: 'crash', cause: 'shutdown' } },
  restarts: { run: 'reboot', is: { kind: 'crash', cause: 'reset' } },
  'is never done': { run: 'sleep 1000', timeout: '2s', is: { kind: 'hang', waitingFor: '`sleep 1000` to end' } },
  'is fine': { run: 'true', is: { kind: 'pass' } },
} as const satisfies Record<string, { run: string; timeout?: string; is: Partial<CaseResult['verdict']> }>;

const ENDS_SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('ends', { cases: ${JSON.stringify(ENDS, (key, value) => (key === 'is' ? undefined : value))} });
`;

/** What a line editor, a terminal or a shell might take for something else. */
const ODD = `ä€😀 "two" \\\\ \\n $HOME $(id) \`id\` | & ; # ~ * ? [a-z] {1,2} ! % ^ <> \${x:-y} !!`;

const HANDS_SUITE = `
import { test } from 'twinboot';
import { expect } from 'vitest';

const ODD = ${JSON.stringify(ODD)};

test('text arrives as it was typed', async ({ machine }) => {
  const { output } = await machine.run("cat <<'END'\\n" + ODD + '\\nEND');
  expect(output).toContain(ODD);
});

test('a program is interrupted by a key', async ({ machine }) => {
  // Said by the program itself, which is in the terminal's foreground by then: a key that comes earlier is the shell's.
  await machine.console.send("sh -c 'echo begun; exec sleep 1000'; echo never\\n");
  await machine.console.expect(/^begun$/);
  await machine.console.send('\\x03');
  await machine.console.expectPrompt('> ');
  expect((await machine.run('echo interrupted')).output).toContain('interrupted');
});

test('the monitor stops the machine and lets it go on', async ({ machine }) => {
  await machine.qmp('stop');
  expect(await machine.qmp('query-status')).toMatchObject({ running: false, status: 'paused' });
  await machine.qmp('cont');
  expect((await machine.run('echo running')).output).toContain('running');
});
`;

const ARCHS = ['x86_64', 'aarch64'] as const;

describe('what a suite does with a machine that was cloned', () => {
  let project: TestProject;
  let results: readonly CaseResult[];

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': linuxConfig(),
      'suites/ends.suite.ts': ENDS_SUITE,
      'suites/hands.suite.ts': HANDS_SUITE,
    });
    await project.twinboot(['run']);
    ({ results } = project.results());
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (name: string, arch: string) =>
    results.find((result) => result.case === name && result.environment === `linux/${arch}`);

  for (const arch of ARCHS) {
    for (const [name, { is }] of Object.entries(ENDS)) {
      test(`one that ${name} is ${is.kind} on ${arch}`, () => {
        expect(resultOf(name, arch)?.verdict).toMatchObject(is);
      });
    }

    test(`evidence has what its template said while it booted, and then its own words, on ${arch}`, () => {
      const evidence = String(resultOf('panics', arch)?.evidence);
      const read = (file: string) => project.read(path.join('reports/latest', evidence, file));
      expect(read('boot-user.log')).toMatch(/Linux version .*init: ready/s);
      expect(read('console-user.log')).toContain('sysrq triggered crash');
      expect(read('console-user.log')).not.toContain('Linux version');
    });

    test.for([
      'text arrives as it was typed',
      'a program is interrupted by a key',
      'the monitor stops the machine and lets it go on',
    ])(`%s, on ${arch}`, (name) => {
      expect(resultOf(name, arch)?.verdict).toEqual({ kind: 'pass' });
    });
  }
});

const LINES_SUITE = `
import { defineSuite, test } from 'twinboot';

test('the second line speaks and hears', async ({ machine }) => {
  const { kernel } = machine.consoles;
  await machine.run('{ echo who is there; read answer; echo "it is $answer"; } </dev/ttyS1 >/dev/ttyS1 &');
  await kernel.expect(/^who is there/);
  await kernel.send('the harness\\n');
  await kernel.expect(/^it is the harness/);
});

defineSuite('lines', {
  cases: {
    'a panic on the second line': { run: 'echo Kernel panic - not syncing: told elsewhere >/dev/ttyS1; sleep 1000' },
  },
});
`;

describe('a cloned machine with two serial lines', () => {
  let project: TestProject;
  let results: readonly CaseResult[];

  beforeAll(async () => {
    project = new TestProject({
      'vitest.config.ts': linuxConfig(`consoles: ['user', 'kernel'],`),
      'suites/lines.suite.ts': LINES_SUITE,
    });
    await project.twinboot(['run', '--arch', 'x86_64']);
    ({ results } = project.results());
  });

  afterAll(() => project[Symbol.dispose]());

  const resultOf = (name: string) => results.find((result) => result.case === name);

  test('is talked to on both', () => {
    expect(resultOf('the second line speaks and hears')?.verdict).toEqual({ kind: 'pass' });
  });

  test('is watched on both, and evidence has both', () => {
    const { verdict, evidence } = resultOf('a panic on the second line') ?? {};
    expect(verdict).toEqual({ kind: 'crash', cause: 'panic', title: 'Kernel panic - not syncing: told elsewhere' });
    const read = (file: string) => project.read(path.join('reports/latest', String(evidence), file));
    expect(read('console-kernel.log')).toContain('told elsewhere');
    expect(read('boot-user.log')).toContain('init: ready');
  });
});
