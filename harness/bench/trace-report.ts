import { rmSync } from 'node:fs';
import path from 'node:path';
import { type Arch, describeArch } from '../arch/archs.ts';
import type { Bytes } from '../units.ts';
import type { Benchmark } from './benchmark.ts';
import { comparisonEntry, type Measurement, measuredEntry } from './entry.ts';
import { interleave } from './interleave.ts';
import { writeInterruptLog } from './interrupt-log-file.ts';
import { live } from './life.ts';
import { repository } from './linux.ts';

const ROUNDS = 7;
const SIZE: Bytes = 400 * 2 ** 20;
const MOST_MEMORY_MIB = 150;
/** Of the time that grep takes to count the lines that begin a record. */
const REACH: Readonly<Record<Arch, number>> = { x86_64: 1, aarch64: 2 };

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
