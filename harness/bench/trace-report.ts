import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Arch, describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { type Bytes, type Millis, monotonicMs } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, type Measurement, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { writeInterruptLog } from './interrupt-log-file.ts';
import { repository } from './linux.ts';

const ROUNDS = 7;
const SIZE: Bytes = 400 * 2 ** 20;
const MOST_MEMORY_MIB = 150;
/** Of the time that grep takes to count the lines that begin a record. */
const REACH: Readonly<Record<Arch, number>> = { x86_64: 1, aarch64: 2 };
const LOOK_EVERY: Millis = 20;

/** A whole report over a long log, beside what people do by hand: counting lines, and counting by vector. */
export function traceReportBenchmark(arch: Arch): Benchmark {
  const name = {
    report: `trace-report/${arch}`,
    grep: `trace-grep/${arch}`,
    pipeline: `trace-pipeline/${arch}`,
    memory: `trace-report-memory/${arch}`,
    comparison: `trace-report-vs-grep/${arch}`,
    byHand: `trace-report-vs-pipeline/${arch}`,
  } as const;
  return {
    names: Object.values(name),
    run: async ({ rounds = ROUNDS, wants }) => {
      if (!Object.values(name).some(wants)) return [];
      const log = writeInterruptLog(arch, SIZE);
      // On x86, `v=`: what the mark has before it is the number's.
      const mark = describeArch(arch).interruptLog.marks.event.replace(/^: /, '');
      const lives = await interleave(rounds, {
        report: () =>
          live(process.execPath, [path.join(repository, 'dist/harness/cli/main.js'), 'trace', 'report', log]),
        grep: () => live('grep', ['-c', mark, log]),
        pipeline: () =>
          live('sh', [
            '-c',
            `grep "$1" "$2" | awk -F "$1" '{print $2}' | awk '{print $1}' | sort | uniq -c`,
            'sh',
            mark,
            log,
          ]),
      });
      rmSync(log);
      const times = (which: keyof typeof lives): Measurement => ({
        name: name[which],
        unit: 'ms',
        samples: lives[which].map(({ tookMs }) => tookMs),
      });
      const [report, grep, pipeline] = [times('report'), times('grep'), times('pipeline')];
      const memory = { name: name.memory, unit: 'MiB', samples: lives.report.map(({ peak }) => peak / 2 ** 20) };
      return [
        measuredEntry(grep),
        measuredEntry(pipeline, { against: grep }),
        measuredEntry(report, { against: grep }),
        measuredEntry(memory, { goal: { of: 'max', atMost: MOST_MEMORY_MIB } }),
        comparisonEntry(name.comparison, report, grep, { of: 'ratio', atMost: REACH[arch] }),
        comparisonEntry(name.byHand, report, pipeline),
      ];
    },
  };
}

interface Life {
  readonly tookMs: Millis;
  /** The most memory that it was seen to hold; 0 where nobody tells. */
  readonly peak: Bytes;
}

/** @throws EnvironmentError when the program is not there, or fails. */
function live(program: string, args: readonly string[]): Promise<Life> {
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
      if (code === 0) resolve({ tookMs: monotonicMs() - startedAt, peak });
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
