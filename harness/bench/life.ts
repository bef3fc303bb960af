import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EnvironmentError } from '../errors.ts';
import { type Bytes, type Millis, monotonicMs } from '../units.ts';

const LOOK_EVERY: Millis = 20;

/** A program from its start to its end. */
export interface Life {
  readonly tookMs: Millis;
  /** The most memory that it was seen to hold; 0 where nobody tells. */
  readonly peak: Bytes;
}

/**
 * Runs a program, and looks at how long it takes and how much memory.
 * @param accepted The exit codes of one that has done its work.
 * @throws EnvironmentError when the program is not there, or fails.
 */
export function live(program: string, args: readonly string[], accepted: readonly number[] = [0]): Promise<Life> {
  return new Promise((resolve, reject) => {
    const startedAt = monotonicMs();
    let peak = 0;
    // Into a pipe: grep ends with its first match where nobody reads what it finds.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, LC_ALL: 'C' } });
    const looking = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid));
    }, LOOK_EVERY);
    child.stdout.resume();
    child.once('error', (error) => {
      clearInterval(looking);
      reject(new EnvironmentError(`${program} does not start: ${error.message}`));
    });
    child.once('close', (code) => {
      clearInterval(looking);
      if (code !== null && accepted.includes(code)) resolve({ tookMs: monotonicMs() - startedAt, peak });
      else reject(new EnvironmentError(`${program} ${args.join(' ')} ended with ${code}`));
    });
  });
}

/** Linux keeps the peak (proc(5), VmHWM). */
function peakOf(pid: number | undefined): Bytes {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0; // It has ended meanwhile, or this is no Linux.
  }
}
