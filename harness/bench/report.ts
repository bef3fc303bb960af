import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { archNames } from '../arch/archs.ts';
import { type CaseResult, RESULTS_SCHEMA, type RunResults } from '../report/results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Benchmark } from './benchmark.ts';
import { measuredEntry } from './entry.ts';
import { type Life, live } from './life.ts';
import { repository } from './linux.ts';
import { workspace } from './workspace.ts';

const ROUNDS = 5;
const CASES = 10_000;
const SUITE = 200;
const PROFILES = ['default', 'smp'];
const MOST_MS = 2_000;
const MOST_MIB = 500;
const MOST_PAGE_MB = 5;

const NAMES = {
  time: 'report-10k',
  memory: 'report-10k-memory',
  outputs: 'report-10k-outputs',
  page: 'report-10k-html',
  pageMemory: 'report-10k-html-memory',
  pageSize: 'report-10k-html-size',
} as const;

const PROGRAM = path.join(repository, 'dist/harness/cli/main.js');

/** The results of four jobs with 10,000 cases each, joined and written as all reports there are; then as a page. */
export const reportBenchmark: Benchmark = {
  names: Object.values(NAMES),
  run: async ({ rounds = ROUNDS }) => {
    const jobs = writeJobs();
    const out = path.join(workspace(), 'merged');
    const lives: Life[] = [];
    const pages: Life[] = [];
    const page = path.join(out, 'report.html');
    const outputs = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      // In another order each time: the reports are the same.
      const ordered = jobs.map((_, index) => jobs[(index + round) % jobs.length] ?? '');
      lives.push(await live(process.execPath, [PROGRAM, 'report', 'merge', '--out', out, ...ordered], [1]));
      pages.push(await live(process.execPath, [PROGRAM, 'report', 'html', out, '--out', page], [0]));
      outputs.add(digestOf(out));
    }
    return [
      measuredEntry(
        { name: NAMES.time, unit: 'ms', samples: lives.map(({ tookMs }) => tookMs) },
        { goal: { of: 'median', atMost: MOST_MS } },
      ),
      measuredEntry(
        { name: NAMES.memory, unit: 'MiB', samples: lives.map(({ peak }) => peak / 2 ** 20) },
        { goal: { of: 'max', atMost: MOST_MIB } },
      ),
      measuredEntry(
        { name: NAMES.outputs, unit: 'files', samples: [outputs.size] },
        { goal: { of: 'max', atMost: 1, exact: true } },
      ),
      measuredEntry(
        { name: NAMES.page, unit: 'ms', samples: pages.map(({ tookMs }) => tookMs) },
        { goal: { of: 'median', atMost: MOST_MS } },
      ),
      measuredEntry(
        { name: NAMES.pageMemory, unit: 'MiB', samples: pages.map(({ peak }) => peak / 2 ** 20) },
        { goal: { of: 'max', atMost: MOST_MIB } },
      ),
      measuredEntry(
        { name: NAMES.pageSize, unit: 'MB', samples: [statSync(page).size / 1e6] },
        { goal: { of: 'max', atMost: MOST_PAGE_MB } },
      ),
    ];
  },
};

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of ['results.json', 'parity.md', 'junit.xml', 'report.html'])
    hash.update(readFileSync(path.join(folder, file)));
  return hash.digest('hex');
}

/** @returns their folders. */
function writeJobs(): string[] {
  const environments = archNames.flatMap((arch) =>
    PROFILES.map((profile, index) => ({ id: ['kernel', arch, ...(index === 0 ? [] : [profile])].join('/'), arch })),
  );
  return environments.map(({ id, arch }, column) => {
    const folder = path.join(workspace(), 'jobs', String(column));
    mkdirSync(folder, { recursive: true });
    const results = resultsOf(
      id,
      arch,
      column,
      environments.map((environment) => environment.id),
    );
    writeFileSync(path.join(folder, 'results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
    return folder;
  });
}

function resultsOf(id: string, arch: string, column: number, declared: readonly string[]): RunResults {
  return {
    schema: RESULTS_SCHEMA,
    run: {
      id: `job-${column}`,
      startedAt: '2026-01-31T12:00:00.000Z',
      durationMs: 600_000,
      harness: '0.1.0',
      host: { os: 'Linux', cpus: 2, node: 'v20.19.0', qemu: { [arch]: '7.2.22' } },
      complete: true,
      scope: { declared: [...declared], asked: [id] },
    },
    environments: [{ id, target: 'kernel', arch, accelerator: 'tcg', machine: { arch, cpus: 1 + (column % 2) } }],
    results: Array.from({ length: CASES }, (_, index) => caseOf(id, column, index)),
    floors: [],
  };
}

function caseOf(environment: string, column: number, index: number): CaseResult {
  const suite = `suite ${Math.floor(index / SUITE)}`;
  return {
    suite,
    case: `case ${index} of a system call that does what POSIX says`,
    file: `suites/${suite.replace(' ', '-')}.suite.ts`,
    environment,
    verdict: verdictOf(column, index),
    durationMs: 100 + (index % 50),
    subtests: [{ name: 'the call returns', verdict: { kind: 'pass' } }],
    stages: [],
    interrupts: { irq: 40 + (index % 9) * (column + 1), syscall: 12, 'page-fault': 30 + (index % 5) },
    notes: index % 100 === 0 ? ['the machine answered late'] : [],
  };
}

/** A kernel whose second architecture lags: one case in ten does not pass there, of some dozens of causes. */
function verdictOf(column: number, index: number): Verdict {
  const lags = column >= PROFILES.length;
  if (index % 10 !== 3 || !(lags || index % 100 === 3)) return { kind: 'pass' };
  if (index % 20 === 3) return { kind: 'fail', reason: `errno ${index % 37} from a call that must succeed` };
  const frames = [{ address: '0x1000', function: `lock_${index % 7}`, offset: 4 }];
  return { kind: 'crash', cause: 'panic', title: `BUG: unable to handle page fault in lock_${index % 7}`, frames };
}
