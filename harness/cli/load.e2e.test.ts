import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { CaseResult } from '../report/results.ts';
import { leftovers } from '../testing/leftovers.ts';
import { kernelConfig, TestProject } from '../testing/project.ts';

const linuxImages = path.resolve(import.meta.dirname, '../../fixtures/.build/linux');

/** Far more than the host has cores for; each takes about 200 MiB. */
const CROWD = Math.min(3 * os.availableParallelism(), 32);

const CONFIG = kernelConfig([
  `name: 'linux', suites: ['suites/linux-*.suite.ts'], shell: undefined, images: {
    aarch64: { from: 'kernel', kernel: '${linuxImages}/aarch64/kernel', initrd: '${linuxImages}/aarch64/initramfs.cpio', append: 'console=ttyAMA0' },
  }, machine: { memory: '128M' }`,
  `name: 'calamity', suites: ['suites/calamity.suite.ts']`,
]);

/** Boots of Linux, which keep a CPU busy from their beginning to their end. @param timeout As source. */
function boots(count: number, timeout: string): string {
  return `
import { defineSuite } from 'twinboot';

const results = { lines: [{ match: /^init: ready/, case: 'pass' }] };
const boots = Array.from({ length: ${count} }, (_, number) => ['boot ' + number, { boot: {} }]);

defineSuite('${count} boots', { results, timeout: ${timeout}, cases: Object.fromEntries(boots) });
`;
}

/** What no patience helps: a guest that is busy for ever, and one that halts. */
const HOPELESS = `
import { defineSuite } from 'twinboot';

const results = { lines: [{ match: /^done/, case: 'pass' }] };

defineSuite('hopeless', {
  results,
  timeout: '2s',
  cases: { busy: { boot: { append: 'flood' } }, halted: { boot: { append: 'silent' } } },
});
`;

test('on a host with too few cores for its machines, cases pass and time out as on one with enough', async () => {
  using project = new TestProject({ 'vitest.config.ts': CONFIG, 'suites/linux-alone.suite.ts': boots(1, `'30m'`) });
  await project.twinboot(['run', '--target', 'linux']);
  const [alone] = project.results().results;
  expect(alone?.verdict).toEqual({ kind: 'pass' });

  project.write('suites/linux-crowd.suite.ts', boots(CROWD, String(3 * Number(alone?.durationMs))));
  project.write('suites/calamity.suite.ts', HOPELESS);
  const run = await project.twinboot(['run', 'crowd', 'calamity', '--machines', String(CROWD + 4)]);
  const { results } = project.results();
  const kinds = (target: string) => results.filter(on(target)).map(({ verdict }) => verdict.kind);
  expect(kinds('linux')).toEqual(Array(CROWD).fill('pass'));
  expect(kinds('calamity').sort()).toEqual(['hang', 'hang', 'timeout', 'timeout']);
  expect(run.exitCode).toBe(1);
  expect(await leftovers(project)).toEqual([]);
});

function on(target: string) {
  return ({ environment }: CaseResult) => environment.startsWith(`${target}/`);
}
