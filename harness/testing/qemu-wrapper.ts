import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { archNames, describeArch } from '../arch/archs.ts';
import { findExecutable } from '../qemu/executable.ts';
import type { TestProject } from './project.ts';

/** How a QEMU began, as its arguments tell. */
export type Start = 'boot' | 'template' | 'clone';

/** Scripts that stand before the real QEMUs in the search path of a project's runs. They note every start. */
export class QemuWrapper {
  readonly #folder: string;
  readonly #starts: string;
  readonly #script: string;

  constructor(project: TestProject) {
    this.#folder = path.join(project.folder, 'bin');
    this.#starts = path.join(this.#folder, 'starts');
    this.#script = path.join(this.#folder, 'script');
    mkdirSync(this.#folder);
    this.runBefore('');
    this.install('as it came');
  }

  /** For the environment of a run. */
  get path(): { readonly PATH: string } {
    return { PATH: `${this.#folder}${path.delimiter}${process.env.PATH}` };
  }

  /** What was started since it was asked last, sorted. */
  takeStarts(): Start[] {
    const starts = existsSync(this.#starts) ? readFileSync(this.#starts, 'utf8').trim().split('\n') : [];
    rmSync(this.#starts, { force: true });
    return starts.sort() as Start[];
  }

  /**
   * What happens before each QEMU from now on. The wrappers, which are what the harness takes for QEMU, stay as they are.
   * @param script Of sh. `$start` is the {@link Start}, `$template` the template's folder, `$qemu` the command that will run.
   */
  runBefore(script: string): void {
    const draft = `${this.#script}.draft`;
    writeFileSync(draft, script);
    renameSync(draft, this.#script);
  }

  /** Makes the wrappers anew: other programs, as an upgrade does. */
  install(release: string): void {
    for (const arch of archNames) {
      const { qemuBinary } = describeArch(arch);
      const draft = path.join(this.#folder, 'draft');
      writeFileSync(draft, this.#wrapper(qemuBinary, release), { mode: 0o755 });
      renameSync(draft, path.join(this.#folder, qemuBinary));
    }
  }

  #wrapper(qemuBinary: string, release: string): string {
    return `#!/bin/sh
# ${release}
case " $* " in
  *' -incoming '*) start=clone ;;
  *memory-backend-file,id=ram,*) start=template ;;
  *) start=boot ;;
esac
template=$(printf '%s\\n' "$*" | sed -n 's:.*id=ram,mem-path=\\([^ ,]*\\)/ram,.*:\\1:p')
echo "$start" >> '${this.#starts}'
qemu='${findExecutable(qemuBinary)}'
. '${this.#script}'
exec $qemu "$@"
`;
  }

  /** A command to be put before `$qemu` that replaces words in what a QEMU and its monitor's user say to each other. */
  writeMonitorProxy(replacements: Readonly<Record<string, string>>): string {
    const file = path.join(this.#folder, 'monitor-proxy.mjs');
    writeFileSync(file, `const replacements = ${JSON.stringify(Object.entries(replacements))};\n${PROXY}`);
    return `${process.execPath} ${file}`;
  }
}

/** The monitor is descriptor 3; QEMU gets one of ours for it, and all the others as they are. */
const PROXY = `
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';

const [qemu, ...args] = process.argv.slice(2);
const descriptors = args.flatMap((word) => /^socket,fd=(\\d+)/.exec(word)?.[1] ?? []).map(Number);
const last = Math.max(...descriptors) + (args.includes('-incoming') ? 1 : 0);
const others = Array.from({ length: last - 3 }, (_, index) => 4 + index);
const child = spawn(qemu, args, { stdio: ['inherit', 'inherit', 'inherit', 'pipe', ...others] });
const harness = new Socket({ fd: 3 });
const monitor = child.stdio[3];
const say = (bytes) => replacements.reduce((text, [from, to]) => text.replaceAll(from, to), String(bytes));
harness.on('data', (bytes) => monitor.write(say(bytes)));
monitor.on('data', (bytes) => harness.write(say(bytes)));
monitor.on('end', () => harness.end());
for (const stream of [harness, monitor]) stream.on('error', () => {});
child.on('close', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code)));
`;
