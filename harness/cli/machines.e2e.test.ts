import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually, leftovers } from '../testing/leftovers.ts';
import { calamityConfig, kernelConfig, TestProject } from '../testing/project.ts';

/** Guests as scripts, in two environments, one at a time unless the command line has another number. */
const CONFIG = withScript(
  kernelConfig([`name: 'script', images: { x86_64: script, aarch64: script }, shell: undefined`], 'machinesAtOnce: 1,'),
);

function withScript(config: string): string {
  const script = `const script = { from: 'launcher', command: ['sh', 'guest.sh'] };`;
  return config.replace('export default', `${script}\n\nexport default`);
}

/** A guest that notes how many run now, itself included, says hello and stays until it is ended. @param first What it does before. */
function guest(first = ''): string {
  return `echo $$ >> guests
running=0
while read -r pid; do
  if kill -0 "$pid" 2>/dev/null; then running=$((running + 1)); fi
done < guests
echo $running >> log
${first}
echo hello
exec sleep 600
`;
}

const FOUR_BOOTS = `
import { defineSuite } from 'twinboot';

const results = { lines: [{ match: /^hello/, case: 'pass' }] };

defineSuite('boots', {
  results,
  timeout: '30m',
  cases: { a: { boot: {} }, b: { boot: {} }, c: { boot: {} }, d: { boot: {} } },
});
`;

const TWO_BY_HAND = `
import { test } from 'twinboot';

for (const name of ['first', 'second']) {
  test(name, async ({ machine }) => {
    await machine.console.expect('hello', { within: '30m' });
  });
}
`;

const TWO_STAGES = `
import { defineBoot } from 'twinboot';

const said = { marker: 'hello', within: '30m', means: 'the script did not run', look: 'the script' };

defineBoot('stages', { stages: [{ name: 'one', ...said }, { name: 'two', ...said }] });
`;

/** Reports a skipped case while a guest runs. */
const SKIPPED_MEANWHILE = `
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defineSuite } from 'twinboot';
import { test } from 'vitest';

test('a guest runs', async () => {
  while (!existsSync('log')) await delay(20);
});

defineSuite('meanwhile', { cases: { skipped: { boot: {}, skip: { because: 'it has no such thing' } } } });
`;

/** For each guest, how many ran when it began. */
function countsIn(log: string): number[] {
  return log.trim().split('\n').map(Number);
}

describe('the machines of a run', () => {
  let project: TestProject;

  beforeEach(() => {
    project = new TestProject({ 'vitest.config.ts': CONFIG, 'suites/boots.suite.ts': FOUR_BOOTS, 'guest.sh': guest() });
  });

  afterEach(async () => {
    expect(await leftovers(project)).toEqual([]);
    project[Symbol.dispose]();
  });

  const verdicts = () => project.results().results.map(({ verdict }) => verdict.kind);

  test('run all at once, over all workers, where the command line makes room for them', async () => {
    project.write('guest.sh', guest('until [ "$(grep -c . log)" = 8 ]; do sleep 0.05; done'));
    const run = await project.twinboot(['run', '--machines', '8']);
    expect(verdicts()).toEqual(Array(8).fill('pass'));
    // Whoever is through first.
    expect(project.results().results.map(({ environment, case: title }) => [environment, title])).toEqual(
      ['script/x86_64', 'script/aarch64'].flatMap((environment) =>
        ['a', 'b', 'c', 'd'].map((title) => [environment, title]),
      ),
    );
    expect(run.exitCode).toBe(0);
    expect(Math.max(...countsIn(project.read('log')))).toBe(8);
  });

  test('are never more than the configuration says, whoever starts them, also for vitest without the command', async () => {
    const elsewhere = (suite: string, arch: string) =>
      `name: '${suite}', images: { ${arch}: script }, shell: undefined, suites: ['suites/${suite}.suite.ts']`;
    const targets = [elsewhere('boots', 'x86_64'), elsewhere('by-hand', 'x86_64'), elsewhere('stages', 'aarch64')];
    project.write('vitest.config.ts', withScript(kernelConfig(targets, 'machinesAtOnce: 1,')));
    project.write('suites/by-hand.suite.ts', TWO_BY_HAND);
    project.write('suites/stages.suite.ts', TWO_STAGES);
    const run = await project.vitest(['run', '--maxWorkers', '3']);
    expect(verdicts()).toEqual(Array(4 + 2 + 2).fill('pass'));
    expect(run.exitCode).toBe(0);
    expect(countsIn(project.read('log'))).toEqual(Array(4 + 2 + 1).fill(1));
  });

  test('are not waited for by a case that needs none', async () => {
    project.write('suites/boots.suite.ts', FOUR_BOOTS.replace(/, b: .*d: \{ boot: \{\} \}/, ''));
    project.write('suites/meanwhile.suite.ts', SKIPPED_MEANWHILE);
    project.write('guest.sh', guest('until [ -e go ]; do sleep 0.05; done'));
    const run = project.twinboot(['run', '--arch', 'arm64', '--machines', '1'], { VITEST_MAX_WORKERS: '2' });
    const isSkipped = () =>
      existsSync(path.join(project.folder, 'reports/latest/results.json')) && verdicts().includes('skip');
    expect(await eventually(isSkipped)).toBe(true);
    expect(verdicts()).toEqual(['skip']);
    project.write('go', '');
    expect((await run).exitCode).toBe(0);
    expect(verdicts()).toEqual(['pass', 'skip']);
  });
});

const MIXED = `
import { defineSuite } from 'twinboot';

const results = {
  lines: [
    { match: /^test (\\S+): OK/, subtest: 'pass' },
    { match: /^test (\\S+): FAILED/, subtest: 'fail' },
    { match: /^done/, case: 'pass' },
  ],
};

defineSuite('mixed', {
  results,
  cases: {
    slow: { boot: { append: 'slow' } },
    quick: { boot: { append: 'lines' } },
    silent: { boot: { append: 'silent' }, timeout: '1s' },
    failing: { boot: { append: 'lines-fail' } },
    panicking: { boot: { append: 'panic' } },
    typed: { run: 'pass a' },
    missing: { boot: { kernel: 'nothing.elf' } },
    hanging: { run: 'hang', timeout: '1s' },
    'typed again': { run: 'fail a' },
  },
});
`;

test('results are in the order of the declarations, whichever machine is through first', async () => {
  using project = new TestProject({
    'vitest.config.ts': calamityConfig('symbols: undefined,'),
    'suites/mixed.suite.ts': MIXED,
  });
  const run = await project.twinboot(['run', '--arch', 'x86_64', '--machines', '8']);
  expect(run.exitCode).toBe(1);
  expect(project.results().results.map(({ case: title, verdict }) => [title, verdict.kind])).toEqual([
    ['slow', 'pass'],
    ['quick', 'pass'],
    ['silent', 'hang'],
    ['failing', 'fail'],
    ['panicking', 'crash'],
    ['typed', 'pass'],
    ['missing', 'missing'],
    ['hanging', 'hang'],
    ['typed again', 'fail'],
  ]);
  expect(await leftovers(project)).toEqual([]);
});
