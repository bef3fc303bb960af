import { expect, test } from 'vitest';
import type { RunResults } from '../report/results.ts';
import { eventually, leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

const SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('watched', { cases: { prints: { boot: { append: 'lines' }, results: { lines: [{ match: /^test result: ok/, case: 'pass' }] } } } });
`;

test('a watch runs again when the suite or the configuration changes, each time with results', async () => {
  using project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/watched.suite.ts': SUITE });
  const runs = new Set<string>();
  const seesNewRun = () => {
    const seen = resultsOf(project);
    if (!seen?.run.complete || runs.has(seen.run.id)) return false;
    expect(seen.results.map(({ verdict }) => verdict.kind)).toEqual(['pass']);
    runs.add(seen.run.id);
    return true;
  };

  const watch = project.twinboot(['run', '--watch', '--arch', 'arm64']);
  expect(await eventually(seesNewRun)).toBe(true);
  project.write('suites/watched.suite.ts', `${SUITE}\n// Changed.\n`);
  expect(await eventually(seesNewRun)).toBe(true);
  project.write('vitest.config.ts', calamityConfig('', 'machinesAtOnce: 1,'));
  expect(await eventually(seesNewRun)).toBe(true);
  project.write('suites/watched.suite.ts', SUITE);
  expect(await eventually(seesNewRun)).toBe(true);
  watch.kill('SIGTERM');
  await watch;
  expect(await leftovers(project)).toEqual([]);
});

/** `undefined` while there are none: the next run removes those of the one before. */
function resultsOf(project: TestProject): RunResults | undefined {
  try {
    return project.results();
  } catch {
    return undefined;
  }
}
