import { readdirSync, readFileSync } from 'node:fs';
import type { Millis } from '../units.ts';

/**
 * How long a process has stood ready to run while its host let others run, as Linux counts it for each thread
 * (Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat). Of its threads, the one that waited longest tells: a
 * guest with several vCPUs that spin is not excused for more time than there was.
 * @returns 0 where nothing is known: on other systems, and once the process has ended.
 */
export function cpuWaitMs(pid: number): Millis {
  const threads = `/proc/${pid}/task`;
  return Math.max(0, ...namesIn(threads).map((thread) => runQueueMs(`${threads}/${thread}/schedstat`)));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // Not Linux, or the process has ended.
  }
}

/** The second of three numbers: nanoseconds on a CPU, nanoseconds waiting for one, turns. */
function runQueueMs(schedstat: string): Millis {
  try {
    return Number(readFileSync(schedstat, 'latin1').split(' ')[1] ?? 0) / 1e6;
  } catch {
    return 0; // The thread has ended, or this kernel does not count.
  }
}
