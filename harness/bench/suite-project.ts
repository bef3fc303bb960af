import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import type { Arch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { createRunDirectory, removeRunDirectory } from '../qemu/reaper.ts';
import { type Isolation, isolations } from '../suite/declaration.ts';
import { type Millis, monotonicMs } from '../units.ts';
import { repository } from './linux.ts';

const CONFIG = `
import { defineKernelConfig } from 'twinboot/config';
import { linux } from ${JSON.stringify(path.join(repository, 'dist/fixtures/linux/target.js'))};

export default defineKernelConfig({ targets: [{ ...linux, suites: ['suites/*/*.suite.ts'] }] });
`;

/** A project with suites of this repository, once for each isolation: what is measured is the command that people run. */
export class SuiteProject implements Disposable {
  readonly #folder = createRunDirectory();

  /** @param suites Names of folders in suites/, each with a suite file of that name. */
  constructor(suites: readonly string[]) {
    this.#write('package.json', '{ "type": "module" }');
    this.#write('vitest.config.ts', CONFIG);
    this.#link('fixtures', 'fixtures'); // The target's images are relative to the project.
    this.#link('node_modules/twinboot', '.');
    this.#link('node_modules/vitest', 'node_modules/vitest');
    for (const isolation of isolations) {
      this.#write(`suites/${isolation}/isolated.ts`, isolatedModule(isolation));
      for (const suite of suites) this.#copySuite(suite, isolation);
    }
  }

  /** Makes the template: the run that happens to be first should not pay for it. */
  async warmUp(arch: Arch): Promise<void> {
    await this.#twinboot(['run', 'suites/clone', '--arch', arch, '-t', 'signal_test$']);
  }

  /**
   * Runs every suite with one isolation.
   * @returns how long the command took.
   * @throws EnvironmentError when not everything passed.
   */
  run(arch: Arch, isolation: Isolation): Promise<Millis> {
    return this.#twinboot(['run', `suites/${isolation}`, '--arch', arch]);
  }

  [Symbol.dispose](): void {
    removeRunDirectory(this.#folder);
  }

  async #twinboot(args: readonly string[]): Promise<Millis> {
    const startedAt = monotonicMs();
    const command = [path.join(repository, 'dist/harness/cli/main.js'), ...args];
    const result = await execa(process.execPath, command, { cwd: this.#folder, reject: false, all: true });
    const took = monotonicMs() - startedAt;
    if (result.exitCode === 0) return took;
    const words = result.all.split('\n').slice(-LAST_LINES).join('\n');
    throw new EnvironmentError(`twinboot ${args.join(' ')} exited with ${result.exitCode}:\n${words}`);
  }

  #copySuite(suite: string, isolation: Isolation): void {
    const source = readFileSync(path.join(repository, `suites/${suite}/${suite}.suite.ts`), 'utf8');
    this.#write(`suites/${isolation}/${suite}.suite.ts`, source.replace("from 'twinboot'", "from './isolated.ts'"));
  }

  #write(name: string, content: string): void {
    const file = path.join(this.#folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  #link(name: string, target: string): void {
    const file = path.join(this.#folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    symlinkSync(path.join(repository, target), file);
  }
}

const LAST_LINES = 30;

/** Stands in for `twinboot` in a suite file. */
function isolatedModule(isolation: Isolation): string {
  return `
import { defineSuite as define } from 'twinboot';

export const defineSuite: typeof define = (name, suite) => define(name, { ...suite, isolation: '${isolation}' });
`;
}
