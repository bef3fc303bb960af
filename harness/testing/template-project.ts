import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, vi } from 'vitest';
import type { Arch } from '../arch/archs.ts';
import { createRunDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import type { CaseDeclaration, SuiteDeclaration, TargetDeclaration } from '../suite/declaration.ts';
import { listEnvironments } from '../suite/environment.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { consolesOf } from './console-logs.ts';
import { eventually, leftovers, machinesOf } from './leftovers.ts';
import { calamityConfig, calamityImages, TestProject } from './project.ts';
import { QemuWrapper, type Start } from './qemu-wrapper.ts';

/** One architecture, where a fault has nothing to do with it. */
export const ON_ONE = ['run', '--arch', 'x86_64'] as const;

/** What two cases start on both architectures: the template, the clone that tries it out, and one for each case. */
export const MADE: readonly Start[] = [...new Array<Start>(6).fill('clone'), 'template', 'template'];
export const MADE_ON_ONE: readonly Start[] = ['clone', 'clone', 'clone', 'template'];
/** The same when the templates are there. */
export const FOUND: readonly Start[] = new Array<Start>(4).fill('clone');
export const FOUND_ON_ONE: readonly Start[] = ['clone', 'clone'];

/** What was run, and what readers were told of it. */
export interface Outcome {
  /** Of each case, in their order. */
  readonly verdicts: readonly (readonly [name: string, verdict: Verdict])[];
  readonly notices: readonly string[];
}

interface Here {
  readonly archs?: readonly Arch[];
  /** Fields of the target. */
  readonly target?: Partial<TargetDeclaration>;
  /** Fields of the suite. */
  readonly suite?: Omit<SuiteDeclaration, 'cases'>;
  /** More cases, which come first. */
  readonly cases?: Readonly<Record<string, CaseDeclaration>>;
  /** More of the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const CALAMITY: TargetDeclaration = {
  name: 'calamity',
  images: {
    x86_64: { from: 'kernel', kernel: path.join(calamityImages, 'x86_64/calamity.elf') },
    aarch64: { from: 'kernel', kernel: path.join(calamityImages, 'aarch64/calamity.img') },
  },
  shell: { prompt: 'calamity> ', status: 'none', missing: /^unknown command: / },
  machine: { memory: '64M' },
};

const SUITE: SuiteDeclaration = {
  results: {
    lines: [
      { match: /^test (\S+): OK/, subtest: 'pass' },
      { match: /^test (\S+): FAILED/, subtest: 'fail' },
    ],
  },
  cases: { first: { run: 'pass a' }, second: { run: 'pass b' } },
};

/** The same two cases as a suite file. */
export const SHELL_SUITE = `
import { defineSuite } from 'twinboot';

const lines = [
  { match: /^test (\\S+): OK/, subtest: 'pass' },
  { match: /^test (\\S+): FAILED/, subtest: 'fail' },
];

defineSuite('shell', { results: { lines }, cases: { first: { run: 'pass a' }, second: { run: 'pass b' } } });
`;

/** Where this process keeps the folders of its machines from the first of them on: it outlives every project. */
const machineFolders = (() => {
  const first = createRunDirectory();
  removeRunDirectory(first);
  return path.dirname(first);
})();

/** What is left of the folders of machines that ran here. Others are for whatever pipes the process needs. */
function machineLogs(): string[] {
  return readdirSync(machineFolders, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.log'));
}

/**
 * A project with two cases at the shell, its cache, and QEMUs whose starts are counted. Its cases are run by the command, or
 * in this process as a worker of the command would, which takes a fraction of the time.
 */
export class TemplateProject implements AsyncDisposable {
  readonly project: TestProject;
  readonly qemu: QemuWrapper;

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.project = new TestProject({
      'vitest.config.ts': calamityConfig(),
      'suites/shell.suite.ts': SHELL_SUITE,
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

  /** For the environment of a command: one machine at a time, so that which QEMU starts when does not depend on who is faster. */
  get env() {
    return { ...this.qemu.path, TWINBOOT_MACHINES: '1' } as const;
  }

  /** Runs the cases with a command, which must succeed and tell each notice once as it comes. */
  async runByCommand(args: readonly string[] = ['run']): Promise<Outcome> {
    return this.outcomeOf(await this.project.twinboot(args, this.env));
  }

  outcomeOf({ exitCode, all, stderr }: Awaited<ReturnType<TestProject['twinboot']>>): Outcome {
    expect(exitCode, all).toBe(0);
    const { results, run } = this.project.results();
    const { notices = [] } = run;
    expect(stderr.split('machines cannot be cloned here, so each is booted'), all).toHaveLength(notices.length + 1);
    return { verdicts: results.map(({ case: name, verdict }) => [name, verdict]), notices };
  }

  /** Runs the cases here, in the project's folder, one after another, on one architecture after another. */
  async run({ archs = ['x86_64'], target, suite, cases, env = {} }: Here = {}): Promise<Outcome> {
    const variables = { ...this.qemu.path, TWINBOOT_CACHE: this.project.cache, TMPDIR: this.project.temporary, ...env };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    const folder = process.cwd();
    process.chdir(this.project.folder);
    const verdicts: [string, Verdict][] = [];
    const notices = new Set<string>();
    const declared = { ...SUITE, ...suite, cases: { ...cases, ...SUITE.cases } };
    const environments = listEnvironments({ targets: [{ ...CALAMITY, ...target }] });
    try {
      for (const environment of environments.filter(({ arch }) => archs.includes(arch))) {
        await using run = new SuiteRun(environment, declared, this.project.folder);
        for (const [name, each] of Object.entries(declared.cases)) {
          const outcome = await run.run(
            each,
            async () => {},
            (notice) => notices.add(notice),
          );
          verdicts.push([name, outcome.verdict]);
        }
      }
    } finally {
      process.chdir(folder);
      vi.unstubAllEnvs();
    }
    return { verdicts, notices: [...notices] };
  }

  /** Waits until a guest that runs here waits for a key, which nobody presses. */
  async untilHanging(): Promise<void> {
    const isHanging = () => consolesOf({ temporary: machineFolders }).some((said) => said.includes('press any key'));
    expect(await eventually(isHanging)).toBe(true);
  }

  /** Ends the QEMU of that guest, as the kernel does when memory runs out. */
  killHanging(): void {
    const pids = machinesOf(this.project).map(({ pid }) => pid);
    expect(pids).toHaveLength(1);
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  }

  /** Every case passed on a clone, of which nobody is told, and these QEMUs were started for it. */
  expectPass(outcome: Outcome, starts: readonly Start[]): void {
    this.#expectPass(outcome, starts);
    expect(outcome.notices).toEqual([]);
  }

  /** Every case passed on a machine that was booted for it, and readers were told once why. */
  expectBooted(outcome: Outcome, because: RegExp, starts: readonly Start[]): void {
    this.#expectPass(outcome, starts);
    expect(outcome.notices).toEqual([expect.stringMatching(because)]);
    expect(outcome.notices[0]).toContain(': machines cannot be cloned here, so each is booted: ');
  }

  #expectPass({ verdicts, notices }: Outcome, starts: readonly Start[]): void {
    expect(verdicts.filter(([, { kind }]) => kind !== 'pass')).toEqual([]);
    expect(verdicts.length).toBeGreaterThanOrEqual(2);
    expect(this.qemu.takeStarts(), notices.join('\n')).toEqual(starts);
  }

  /** Looks for what the runs have left. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      expect(await leftovers(this.project)).toEqual([]);
      expect(machineLogs()).toEqual([]);
      expect(this.unfinished).toEqual([]);
    } finally {
      this.project[Symbol.dispose]();
    }
  }
}
