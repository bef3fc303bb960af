import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { calamityImages, TestProject } from './testing/project.ts';

const readme = readFileSync(path.resolve(import.meta.dirname, '../README.md'), 'utf8');

/** The README's code blocks that say which file they are. */
function filesInReadme(): Record<string, string> {
  return Object.fromEntries(
    [...readme.matchAll(/```ts file=(\S+)\n(.*?)```/gs)].map(([, name = '', code = '']) => [name, code]),
  );
}

test('the project in the README runs on both architectures', async () => {
  using project = new TestProject(filesInReadme());
  for (const [arch, image, name] of [
    ['x86_64', 'calamity.elf', 'kernel.elf'],
    ['aarch64', 'calamity.img', 'kernel.img'],
  ] as const) {
    mkdirSync(path.join(project.folder, 'build', arch), { recursive: true });
    copyFileSync(path.join(calamityImages, arch, image), path.join(project.folder, 'build', arch, name));
    copyFileSync(
      path.join(calamityImages, arch, 'calamity.elf'),
      path.join(project.folder, 'build', arch, 'kernel.elf'),
    );
  }

  const run = await project.twinboot(['run']);

  expect(run.all).toContain('parity 100 % (9 cases, none differs; 1 case fails as expected)');
  expect(run.exitCode).toBe(0);
  expect(project.results().results.map(({ verdict }) => verdict.kind)).toEqual(
    ['x86_64', 'aarch64'].flatMap(() => ['pass', 'expected-failure', ...Array<string>(7).fill('pass')]),
  );

  const compare = ['report', 'compare', 'baseline.txt', 'reports/latest'];
  expect((await project.twinboot([...compare, '--update-baseline'])).all).toContain('baseline.txt is written');
  project.write('baseline.txt', project.read('baseline.txt').replace('\n\n', '\ngoal 90 % aarch64\n\n'));
  const merge = await project.twinboot(['report', 'merge', 'reports/latest', '--baseline', 'baseline.txt']);
  expect(merge.all).toContain('nothing has changed (18 cases)\n  aarch64: 88.9 % (8/9) → 88.9 % (8/9) of 90 %');
  expect(merge.exitCode).toBe(0);

  expect((await project.twinboot(['report', 'parity'])).all).toContain('(8 of 9 executed)');
  expect((await project.twinboot(['report', 'history'])).stdout).toMatch(
    /^Pass rates in 1 run, .* \(reports\/history\.jsonl\)\n.*\n {2}mykernel\/x86_64 +88\.9 % +88\.9 % +88\.9 % \(8\/9\) {2}█\n/,
  );
});
