import { readFileSync } from 'node:fs';
import type { Millis } from '../units.ts';

/**
 * How long a thread has run on a CPU since it began, as Linux counts it (Documentation/scheduler/sched-stats.rst).
 * @returns `undefined` where the host does not tell, or the thread has ended.
 */
export function threadRanMs(pid: number, thread: number): Millis | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return undefined;
  }
}
