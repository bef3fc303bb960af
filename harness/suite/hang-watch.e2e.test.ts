import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consolesOf } from '../testing/console-logs.ts';
import { eventually, leftovers, machinesOf } from '../testing/leftovers.ts';
import { calamityConfig, TestProject } from '../testing/project.ts';

/** Long enough for a silent guest to be looked at, and more than a certain hang takes to be told. */
const LONG = 6_000;

const SUITE = `
import { defineSuite } from 'twinboot';

defineSuite('stopped', {
  results: { lines: [{ match: /^done/, case: 'pass' }] },
  cases: { ticks: { boot: { append: 'slow' }, timeout: '20s' } },
});
`;

let project: TestProject;
beforeEach(() => {
  project = new TestProject({ 'vitest.config.ts': calamityConfig(), 'suites/stopped.suite.ts': SUITE });
});
afterEach(() => project[Symbol.dispose]());

/** Starts the suite, and stops its QEMU once its guest has said something. */
async function runAndStop() {
  const running = project.twinboot(['run', '--arch', 'x86_64']);
  expect(await eventually(() => consolesOf(project).some((said) => said.includes('tick')))).toBe(true);
  const [qemu] = machinesOf(project);
  if (!qemu) throw new Error('QEMU has ended');
  process.kill(qemu.pid, 'SIGSTOP');
  return { running, pid: qemu.pid };
}

test('a QEMU that is stopped for a while and goes on is no hang', async () => {
  const { running, pid } = await runAndStop();
  await delay(LONG);
  process.kill(pid, 'SIGCONT');
  const { exitCode, all } = await running;
  expect(project.results().results.map(({ verdict }) => verdict)).toEqual([{ kind: 'pass' }]);
  expect(exitCode, all).toBe(0);
});

test('a QEMU that is stopped for good is the host’s trouble, and is ended all the same', async () => {
  project.write('suites/stopped.suite.ts', SUITE.replace('20s', '2s'));
  const { running } = await runAndStop();
  const { exitCode, all } = await running;
  const [result] = project.results().results;
  expect(result?.verdict).toEqual({
    kind: 'error',
    reason: expect.stringMatching(/^QEMU did not answer on its monitor/),
  });
  expect(exitCode, all).toBe(69);
  expect(await leftovers(project)).toEqual([]);
});
