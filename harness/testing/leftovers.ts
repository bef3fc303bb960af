import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProject } from './project.ts';

/** A process that a run of a project started, by itself or through others. Linux only. */
export interface RunProcess {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Every living process that a run of the project started: they all inherit its folder for temporary files. */
export function processesOf(project: TestProject): RunProcess[] {
  const mark = `\0TMPDIR=${project.temporary}`; // Or a folder within it: a run directory.
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!`\0${readFileSync(`/proc/${pid}/environ`, 'utf8')}`.includes(mark)) return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const parent = Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
        return [{ pid: Number(pid), parent, command }];
      } catch {
        return []; // It has ended meanwhile, or is another user's.
      }
    });
}

/** The project's running QEMUs. */
export function machinesOf(project: TestProject): RunProcess[] {
  return processesOf(project).filter(({ command }) => /^(?:\S*\/)?qemu-system-/.test(command));
}

/** What runs of the project have left: processes, and folders of machines. Waits a while for them to go; `[]` is how it should be. */
export async function leftovers(project: TestProject): Promise<string[]> {
  let left: string[] = [];
  await eventually(() => {
    left = [
      ...processesOf(project).map(({ pid, command }) => `process ${pid}: ${command}`),
      ...readdirSync(project.temporary).filter((name) => name.startsWith('twinboot-')),
    ];
    return left.length === 0;
  });
  return left;
}

/** Polls until it holds. @returns whether it did. The bound is for a test that fails, not for a host that is slow. */
export async function eventually(holds: () => boolean): Promise<boolean> {
  for (let polls = 0; !holds(); polls++) {
    if (polls > 300) return false;
    await delay(100);
  }
  return true;
}
