import { readFileSync } from 'node:fs';
import type { Millis } from '../units.ts';

/** What the host has given a thread since it began. What is left of the time, it slept. */
export interface ThreadTime {
  readonly ranMs: Millis;
  /** Ready to run, while the host let others run. */
  readonly waitedMs: Millis;
}

/**
 * As Linux counts it (Documentation/scheduler/sched-stats.rst, /proc/PID/schedstat: nanoseconds on a CPU, nanoseconds
 * waiting for one, turns).
 * @returns `undefined` where the host does not tell, or the thread has ended.
 */
export function threadTime(pid: number, thread: number): ThreadTime | undefined {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ');
    return { ranMs: Number(ran) / 1e6, waitedMs: Number(waited) / 1e6 };
  } catch {
    return undefined;
  }
}
