import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { parseResults, type RunResults } from '../report/results.ts';

const repository = path.resolve(import.meta.dirname, '../..');

/** The kernels that misbehave on request, as the set-up built them. */
export const calamityImages = path.join(repository, 'fixtures/.build/calamity');

/** Somebody's project in a folder of its own, with Twinboot installed as npm would: the real command runs in it. */
export class TestProject implements Disposable {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'twinboot-project-'));

  /** @param files Path within the project and content. */
  constructor(files: Readonly<Record<string, string>>) {
    for (const [name, content] of Object.entries({ 'package.json': '{ "type": "module" }', ...files })) {
      this.write(name, content);
    }
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

  /** Starts `twinboot ARGS` in the project. Its promise never rejects: exit code and output are facts to look at. */
  twinboot(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const main = path.join(repository, 'dist/harness/cli/main.js');
    return execa(process.execPath, [main, ...args], {
      cwd: this.folder,
      env: { ...withoutVitest(), NO_COLOR: '1', ...env },
      extendEnv: false,
      reject: false,
      all: true,
    });
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** This test runs in vitest itself: what it tells its workers must not reach the run inside. */
function withoutVitest(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|TEST$|NODE_ENV$|VITE|TWINBOOT_|FORCE_COLOR$)/.test(name),
  );
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** A vitest.config.ts for the kernels that misbehave on request. @param fields More fields of the target, as source. */
export function calamityConfig(fields = '', config = ''): string {
  return `
import { defineKernelConfig, defineTarget } from 'twinboot/config';

const calamity = defineTarget({
  name: 'calamity',
  images: {
    x86_64: { from: 'kernel', kernel: '${calamityImages}/x86_64/calamity.elf' },
    aarch64: { from: 'kernel', kernel: '${calamityImages}/aarch64/calamity.img' },
  },
  shell: { prompt: 'calamity> ', status: 'none', missing: /^unknown command: / },
  panics: [/^KERNEL PANIC: .*/],
  machine: { memory: '64M' },
  ${fields}
});

export default defineKernelConfig({ targets: [calamity], ${config} });
`;
}
