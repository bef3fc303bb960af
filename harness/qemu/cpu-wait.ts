import { readdirSync } from 'node:fs';
import type { Millis } from '../units.ts';
import { threadTime } from './thread-time.ts';

/**
 * How long a process has stood ready to run while its host let others run. Of its threads, the one that waited longest
 * tells: a guest with several vCPUs that spin is not excused for more time than there was.
 * @returns 0 where nothing is known: on other systems, and once the process has ended.
 */
export function cpuWaitMs(pid: number): Millis {
  const threads = namesIn(`/proc/${pid}/task`);
  return Math.max(0, ...threads.map((thread) => threadTime(pid, Number(thread))?.waitedMs ?? 0));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not Linux, or the process has ended.
  }
}
