import { expect, test } from 'vitest';
import { leftovers } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

/** Notices are the harness's own to tell: suites cannot. This one reaches into the installed package. */
const SUITE = `
import { describe } from 'vitest';
import { test } from 'twinboot';
import { tellNotice } from '../node_modules/twinboot/dist/harness/vitest/notices.js';

describe('telling', () => {
  for (const name of ['first', 'second']) {
    test(name, async ({ machine, task }) => {
      await machine.run('pass a');
      tellNotice(task, 'told by each test');
      tellNotice(task.suite, 'told of the suite on ' + machine.arch);
      tellNotice(task.file, 'told of the file');
    });
  }
});
`;

test('what is told of the run is shown once when it comes, and once in each report', async () => {
  using project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/telling.suite.ts': SUITE });
  const run = await project.twinboot(['run']);
  for (const announced of ['|calamity/x86_64| telling > first', '|calamity/aarch64| telling > second'])
    expect(run.stdout.split('\n').filter((line) => line === ` ▸ ${announced}`)).toHaveLength(1);
  const told = ['told by each test', 'told of the suite on x86_64', 'told of the suite on aarch64', 'told of the file'];
  expect([...(project.results().run.notices ?? [])].sort()).toEqual([...told].sort());
  const page = project.read('reports/latest/parity.md');
  for (const notice of told) {
    expect(run.stderr.split('\n').filter((line) => line === notice)).toHaveLength(1);
    expect(run.stdout.split('\n').filter((line) => line === notice)).toHaveLength(1);
    expect(page).toContain(`> ${notice}\n`);
  }
  expect(run.exitCode).toBe(0);
  expect(await leftovers(project)).toEqual([]);
});
