import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Millis } from '../units.ts';
import { version } from '../version.ts';
import type { Entry } from './entry.ts';
import { repository } from './linux.ts';

export interface BenchRun {
  readonly startedAt: Date;
  readonly durationMs: Millis;
  /** Processes that wanted a processor, in the minute before: what else the host was doing. */
  readonly loadBefore: number;
  readonly entries: readonly Entry[];
  readonly failures: readonly BenchFailure[];
}

/** A benchmark that this host could not measure. */
export interface BenchFailure {
  readonly names: readonly string[];
  readonly because: string;
}

/** Writes `reports/bench.json`. @returns its path, from the repository's root. */
export function writeBenchJson({ startedAt, ...run }: BenchRun): string {
  const file = 'reports/bench.json';
  const content = {
    schema: 'twinboot-bench/1',
    startedAt: startedAt.toISOString(),
    harness: version,
    host: { os: `${os.type()} ${os.release()}`, cpus: os.availableParallelism(), node: process.versions.node },
    ...run,
  };
  mkdirSync(path.join(repository, 'reports'), { recursive: true });
  writeFileSync(path.join(repository, file), `${JSON.stringify(content, undefined, 2)}\n`);
  return file;
}
