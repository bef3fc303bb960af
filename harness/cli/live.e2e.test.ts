import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

const SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('live', {
  results: { lines: [{ match: /^test (\\S+): OK/, subtest: 'pass' }] },
  cases: {
    'waits for a key that nobody presses, and for longer than anybody has patience': { run: 'wait-key', timeout: '4s' },
  },
});
`;

const COLUMNS = 60;

/** A terminal as people have it, of a size of its own. */
const ON_TERMINAL = ['sh', '-c', `exec script -qefc "stty cols ${COLUMNS} rows 20; exec $*" /dev/null`, 'sh'] as const;

test('on a terminal each machine is seen while it runs, and nothing of that is left at the end', async () => {
  using project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/live.suite.ts': SUITE });
  const run = await project.twinbootUnder(ON_TERMINAL, ['run', '--arch', 'x86_64']);
  expect(run.exitCode).toBe(1);
  const drawn = stripVTControlCharacters(run.stdout).replaceAll('\r', '');
  const lines = drawn.split('\n').filter((line) => line.startsWith(' calamity/x86_64 '));
  // It is drawn now and then: what takes a moment may not be seen.
  for (const line of lines) expect(line).toMatch(/^ calamity\/x86_64 {2}live > w[^…]*… {2,}[a-z]/);
  expect(lines).toContainEqual(expect.stringMatching(/… {2,}running, silent for \d+ s$/));
  expect(lines.filter((line) => line.length >= COLUMNS)).toEqual([]);
  expect(drawn).not.toContain('▸');
  const afterwards = drawn.slice(drawn.lastIndexOf(' Test Files '));
  expect(afterwards).toContain('live › waits for a key');
  expect(afterwards).not.toContain('running');
  expect(afterwards.trimEnd()).toMatch(/parity\.md, junit\.xml, results\.json$/);
  expect(await leftovers(project)).toEqual([]);
});
