import os from 'node:os';
import { DeclarationError, EnvironmentError } from '../errors.ts';
import { monotonicMs } from '../units.ts';
import { type BenchArguments, isWanted, parseBenchArguments } from './bench-arguments.ts';
import { type BenchFailure, writeBenchJson } from './bench-json.ts';
import { benchTable } from './bench-table.ts';
import type { Entry } from './entry.ts';
import { benchmarks } from './registry.ts';
import { workspace } from './workspace.ts';

/** As the command's: a goal was missed, the arguments cannot be meant, the host could not measure. */
const Exit = { missed: 1, usage: 2, unavailable: 69 } as const;

try {
  const names = benchmarks.flatMap((benchmark) => benchmark.names);
  await main(parseBenchArguments(process.argv.slice(2), names));
} catch (error) {
  if (!(error instanceof DeclarationError)) throw error;
  console.error(`bench: ${error.message}`);
  process.exitCode = Exit.usage;
}

async function main(options: BenchArguments): Promise<void> {
  const [startedAt, started, [loadBefore = 0]] = [new Date(), monotonicMs(), os.loadavg()];
  workspace();
  const { entries, failures } = await runBenchmarks(options);
  const file = writeBenchJson({ startedAt, durationMs: monotonicMs() - started, loadBefore, entries, failures });
  const missed = entries.filter(({ met }) => met === false);
  console.log(benchTable(entries));
  console.log(`\n${summaryOf(entries, missed)}\n${file}`);
  if (failures.length > 0) process.exitCode = Exit.unavailable;
  if (missed.some(({ exact }) => exact || options.strict)) process.exitCode = Exit.missed;
}

async function runBenchmarks({ prefixes, rounds }: BenchArguments) {
  const wants = (name: string): boolean => isWanted(name, prefixes);
  const entries: Entry[] = [];
  const failures: BenchFailure[] = [];
  for (const { names, run } of benchmarks.filter((benchmark) => benchmark.names.some(wants))) {
    console.error(`bench: ${names[0]} …`);
    try {
      entries.push(...(await run({ rounds, wants, tell: console.log })));
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      console.error(`bench: ${names[0]} cannot be measured: ${error.message}`);
      failures.push({ names, because: error.message });
    }
  }
  return { entries, failures };
}

function summaryOf(entries: readonly Entry[], missed: readonly Entry[]): string {
  const goals = entries.filter(({ met }) => met !== null).length;
  if (missed.length === 0) return `${goals} of ${goals} goals are met.`;
  return `${goals - missed.length} of ${goals} goals are met; missed: ${missed.map(({ name }) => name).join(', ')}`;
}
