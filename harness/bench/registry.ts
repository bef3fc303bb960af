import { archNames } from '../arch/archs.ts';
import type { Benchmark } from './benchmark.ts';
import { bootOverheadBenchmark } from './boot-overhead.ts';
import { casesBenchmark } from './cases.ts';
import { cloneBenchmark } from './clone.ts';
import { recorderOverheadBenchmark } from './recorder-overhead.ts';
import { reportBenchmark } from './report.ts';
import { suitesBenchmark } from './suites.ts';
import { traceReportBenchmark } from './trace-report.ts';
import { zooBenchmark } from './zoo.ts';

/** Every benchmark, in the order in which they run and are shown. */
export const benchmarks: readonly Benchmark[] = [
  ...archNames.map(cloneBenchmark),
  ...archNames.map(bootOverheadBenchmark),
  ...archNames.map(recorderOverheadBenchmark),
  ...archNames.map(suitesBenchmark),
  ...archNames.map(casesBenchmark),
  ...archNames.map(zooBenchmark),
  ...archNames.map(traceReportBenchmark),
  reportBenchmark,
];
