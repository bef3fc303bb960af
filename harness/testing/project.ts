import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parseResults, type RunResults } from '../report/results.ts';
import { processesOf } from './leftovers.ts';
import { killIfThere } from './processes.ts';

const repository = path.resolve(import.meta.dirname, '../..');

const twinbootProgram = path.join(repository, 'dist/harness/cli/main.js');

/** The kernels that misbehave on request, as the set-up built them. */
export const calamityImages = path.join(repository, 'fixtures/.build/calamity');

/** Somebody's project in a folder of its own, with Twinboot installed as npm would: the real command runs in it. */
export class TestProject implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'twinboot-project-'));
  /** Where its runs keep their temporary files. Processes carry the name in their environment, and QEMU inherits it. */
  readonly temporary = path.join(this.folder, 'tmp');
  /** Where its runs keep templates: another project's are none of its business. */
  readonly cache = path.join(this.folder, 'cache');

  /** @param files Path within the project and content. */
  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, content] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
      this.write(name, content);
    }
    mkdirSync(this.temporary);
    mkdirSync(path.join(this.folder, 'node_modules'));
    symlinkSync(repository, path.join(this.folder, 'node_modules/twinboot'));
    symlinkSync(path.join(repository, 'node_modules/vitest'), path.join(this.folder, 'node_modules/vitest'));
  }

  write(name: string, content: string): void {
    const file = path.join(this.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  read(name: string): string {
    return readFileSync(path.join(this.folder, name), 'utf8');
  }

  results(): RunResults {
    return parseResults(this.read('reports/latest/results.json'), 'results.json');
  }

  /**
   * Starts `twinboot ARGS` in the project. Its promise never rejects: exit code and output are facts to look at.
   * @param asLeader In a process group of its own, as a terminal gives to each command.
   */
  twinboot(args: readonly string[], env: Readonly<Record<string, string>> = {}, asLeader = false) {
    return this.#start(process.execPath, [twinbootProgram, ...args], env, asLeader);
  }

  /** Starts `twinboot ARGS` in the project through another program, which gets that command as its last arguments. */
  twinbootUnder(
    [program, ...words]: readonly [string, ...string[]],
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    return this.#start(program, [...words, process.execPath, twinbootProgram, ...args], env, false);
  }

  /** Starts `vitest ARGS` in the project, as `npx vitest` would. */
  vitest(args: readonly string[]) {
    return this.#start(process.execPath, ['node_modules/vitest/vitest.mjs', ...args], {}, false);
  }

  /** Starts a script in the project as CI systems do: bash, which ends with the first command that fails. */
  shell(script: string, env: Readonly<Record<string, string>>, asLeader = false) {
    return this.#start('bash', ['-e', '-c', script], env, asLeader);
  }

  #start(program: string, args: readonly string[], env: Readonly<Record<string, string>>, detached: boolean) {
    return execa(program, args, {
      cwd: this.folder,
      env: { ...withoutVitest(), NO_COLOR: '1', TMPDIR: this.temporary, TWINBOOT_CACHE: this.cache, ...env },
      extendEnv: false,
      detached,
      reject: false,
      all: true,
    });
  }

  /** Ends what a failed test may have left, and removes the folder. */
  [Symbol.dispose](): void {
    for (const { pid } of processesOf(this)) killIfThere(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** This test runs in vitest itself: what it tells its workers must not reach the run inside. Nor must it matter where it runs. */
function withoutVitest(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(CI$|VITEST|TEST$|NODE_ENV$|VITE|TWINBOOT_|FORCE_COLOR$)/.test(name),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** A vitest.config.ts for the kernels that misbehave on request. @param fields More fields of the target, as source. */
export function calamityConfig(fields = '', config = ''): string {
  return kernelConfig([`name: 'calamity', ${fields}`], config);
}

/**
 * A vitest.config.ts with several targets, each the kernel that misbehaves on request but for the fields that are given.
 * @param targets Fields of each target, `name` among them, as source.
 */
export function kernelConfig(targets: readonly string[], config = ''): string {
  return `
import { defineKernelConfig, defineTarget } from 'twinboot/config';

const calamity = {
  images: {
    x86_64: { from: 'kernel', kernel: '${calamityImages}/x86_64/calamity.elf' },
    aarch64: { from: 'kernel', kernel: '${calamityImages}/aarch64/calamity.img' },
  },
  symbols: '${calamityImages}/{arch}/calamity.elf',
  shell: { prompt: 'calamity> ', status: 'none', missing: /^unknown command: / },
  panics: [/^KERNEL PANIC: .*/],
  machine: { memory: '64M' },
};

export default defineKernelConfig({
  targets: [
    ${targets.map((fields) => `defineTarget({ ...calamity, ${fields} }),`).join('\n    ')}
  ],
  ${config}
});
`;
}
