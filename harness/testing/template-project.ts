import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import { consolesOf } from './console-logs.ts';
import { eventually, leftovers, machinesOf } from './leftovers.ts';
import { calamityConfig, TestProject } from './project.ts';
import { QemuWrapper, type Start } from './qemu-wrapper.ts';

type Run = Awaited<ReturnType<TestProject['twinboot']>>;

/** One architecture, where a fault has nothing to do with it. */
export const ON_ONE = ['run', '--arch', 'x86_64'] as const;

/** What two cases start on both architectures: the template, the clone that tries it out, and one for each case. */
export const MADE: readonly Start[] = [...new Array<Start>(6).fill('clone'), 'template', 'template'];
export const MADE_ON_ONE: readonly Start[] = ['clone', 'clone', 'clone', 'template'];
/** The same when the templates are there. */
export const FOUND: readonly Start[] = new Array<Start>(4).fill('clone');
export const FOUND_ON_ONE: readonly Start[] = ['clone', 'clone'];

/** @param suite Fields of the suite. @param cases More cases, which come first. */
export function shellSuite({ suite = '', cases = '' } = {}): string {
  return `
import { defineSuite } from 'twinboot';

const lines = [
  { match: /^test (\\S+): OK/, subtest: 'pass' },
  { match: /^test (\\S+): FAILED/, subtest: 'fail' },
];

defineSuite('shell', {
  ${suite}
  results: { lines },
  cases: { ${cases} first: { run: 'pass a' }, second: { run: 'pass b' } },
});
`;
}

/** A project with two cases at the shell, its cache, and QEMUs whose starts are counted. */
export class TemplateProject implements AsyncDisposable {
  readonly project: TestProject;
  readonly qemu: QemuWrapper;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/shell.suite.ts': shellSuite(),
      ...files,
    });
    this.qemu = new QemuWrapper(this.project);
  }

  /** The folders of the cache's templates. */
  get templates(): string[] {
    const folder = path.join(this.project.cache, 'templates');
    return existsSync(folder) ? readdirSync(folder).map((name) => path.join(folder, name)) : [];
  }

  get unfinished(): string[] {
    return this.templates.filter((folder) => !existsSync(path.join(folder, 'manifest.json')));
  }

  run(args: readonly string[] = ['run'], env: Readonly<Record<string, string>> = {}) {
    // One machine at a time, so that which QEMU is started when does not depend on who is faster.
    return this.project.twinboot(args, { ...this.qemu.path, TWINBOOT_MACHINES: '1', ...env });
  }

  /** Waits until so many guests have been told to hang and no other machine runs. */
  async untilHanging(count: number): Promise<void> {
    const told = () => consolesOf(this.project).filter((said) => said.includes('hang')).length;
    expect(await eventually(() => told() === count && machinesOf(this.project).length === count)).toBe(true);
  }

  /** Every case passed, and these QEMUs were started for it. */
  expectPass({ exitCode, all }: Run, starts: readonly Start[]): void {
    expect(exitCode, all).toBe(0);
    expect(new Set(this.project.results().results.map(({ verdict }) => verdict.kind))).toEqual(new Set(['pass']));
    expect(this.qemu.takeStarts(), all).toEqual(starts);
  }

  /** Every case passed on a machine that was booted for it, and the run said once why. */
  expectBooted(ended: Run, because: RegExp, starts: readonly Start[]): void {
    this.expectPass(ended, starts);
    const { notices } = this.project.results().run;
    expect(notices).toEqual([expect.stringMatching(because)]);
    expect(ended.stderr.split('machines cannot be cloned here, so each is booted'), ended.all).toHaveLength(2);
  }

  /** Looks for what the runs have left. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      expect(await leftovers(this.project)).toEqual([]);
      expect(this.unfinished).toEqual([]);
    } finally {
      this.project[Symbol.dispose]();
    }
  }
}
