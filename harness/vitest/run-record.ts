import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import type { TestCase, TestModule, TestSuite } from 'vitest/node';
import { emptyEnvironments } from '../report/empty-environments.ts';
import { type CaseResult, RESULTS_SCHEMA, type RunResults, type SuiteFloor } from '../report/results.ts';
import { writeResults } from '../report/write.ts';
import { type Environment, machineOf } from '../suite/environment.ts';
import { type Millis, monotonicMs } from '../units.ts';
import { version } from '../version.ts';
import { reportedMeta } from './context.ts';
import { LoadErrors, type LoadFailure } from './load-errors.ts';
import { Notices } from './notices.ts';
import type { ShardCut } from './shard-sequencer.ts';
import { UnjudgedTests } from './unjudged-tests.ts';

/** A run that is killed keeps the results that are older than this; a long run does not spend its time writing. */
const WRITE_EVERY: Millis = 1_000;

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const satisfies readonly NodeJS.Signals[];

/** What a run is to do. */
export interface RunTask {
  /** Those that have suite files, in declared order. */
  readonly environments: readonly Environment[];
  /** What chose among the cases. */
  readonly filters: readonly string[];
  /** The ids of all that the configuration declares. */
  readonly declared: readonly string[];
  /** Of those that were chosen. */
  readonly asked: readonly string[];
  readonly cut: ShardCut | undefined;
  /** What was to be tested and was not is a fault of the run. */
  readonly strict: boolean;
}

/** One run from its start to its end; in watch mode there are several. */
export class RunRecord implements Disposable {
  readonly #reports: string;
  readonly #task: RunTask;
  readonly #startedAt = new Date();
  readonly #started: Millis = monotonicMs();
  readonly #id = randomUUID();
  readonly #results: PlacedResult[] = [];
  readonly #places = new WeakMap<TestModule, ReadonlyMap<string, number>>();
  readonly #floors: SuiteFloor[] = [];
  readonly #qemu: Record<string, string> = {};
  readonly #loadErrors = new LoadErrors();
  readonly #notices = new Notices();
  readonly #unjudged = new UnjudgedTests();
  readonly #onSignal: (signal: NodeJS.Signals) => void;
  #savedAt: Millis = Number.NEGATIVE_INFINITY;
  #saving: NodeJS.Timeout | undefined;

  constructor(reports: string, task: RunTask, onSignal: (signal: NodeJS.Signals) => void) {
    this.#reports = reports;
    this.#task = task;
    this.#onSignal = onSignal;
    // Before vitest's own listeners, which end the process without a word to reporters.
    for (const signal of ENDING_SIGNALS) process.prependListener(signal, onSignal);
    rmSync(reports, { recursive: true, force: true });
    mkdirSync(reports, { recursive: true });
  }

  /** Why suite files could not be loaded; `undefined` when all could. */
  get loadFailure(): LoadFailure | undefined {
    return this.#loadErrors.failure;
  }

  /** @returns what a finished test, suite or file tells of the run as a whole that none has told before. */
  addNotices(task: TestCase | TestSuite | TestModule): readonly string[] {
    return this.#notices.add(task);
  }

  addCase(test: TestCase): void {
    const environment = this.#environmentOf(test);
    if (!environment) return;
    const report = reportedMeta(test.meta()).twinboot;
    this.#unjudged.add(test);
    if (!report) return; // A test without a machine, most often: nothing was learnt of a kernel.
    this.#results.push({ result: report.result, place: this.#placeOf(test) });
    if (report.qemu) this.#qemu[environment.arch] = report.qemu;
    this.#saveSoon();
  }

  #placeOf(test: TestCase): number {
    let places = this.#places.get(test.module);
    if (!places) {
      places = new Map([...test.module.children.allTests()].map(({ id }, index) => [id, index]));
      this.#places.set(test.module, places);
    }
    return places.get(test.id) ?? 0;
  }

  addSuite(suite: TestSuite): void {
    const floor = reportedMeta(suite.meta()).twinbootFloor;
    if (floor) this.#floors.push(floor);
  }

  addModule(module: TestModule): void {
    const environment = this.#environmentOf(module);
    if (environment) this.#loadErrors.add(module, this.#task.environments.indexOf(environment));
    this.save();
  }

  /** Writes what is known by now, for the case that there is no later. */
  save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    writeResults(this.#reports, this.results(false));
    this.#savedAt = monotonicMs();
  }

  /** @param wholeRun The run came to its own end. */
  results(wholeRun: boolean): RunResults {
    const { environments, filters, declared, asked, cut } = this.#task;
    const results = inDeclaredOrder(this.#results, environments);
    const faults = wholeRun ? this.#faults(results) : [];
    return {
      schema: RESULTS_SCHEMA,
      run: {
        id: this.#id,
        startedAt: this.#startedAt.toISOString(),
        durationMs: Math.round(monotonicMs() - this.#started),
        harness: version,
        host: {
          os: `${os.type()} ${os.release()}`,
          cpus: os.cpus().length,
          node: process.version,
          qemu: { ...this.#qemu },
        },
        complete: wholeRun && this.loadFailure === undefined,
        ...(filters.length > 0 ? { filter: [...filters] } : {}),
        scope: { declared, asked, ...(cut ? { shard: cut.shard } : {}) },
        ...(faults.length > 0 ? { faults } : {}),
        ...(this.#notices.texts.length > 0 ? { notices: this.#notices.texts } : {}),
      },
      environments: environments.map((environment) => ({
        id: environment.id,
        target: environment.target.name,
        arch: environment.arch,
        accelerator: environment.accelerator,
        machine: { ...machineOf(environment, {}) },
        ...(environment.target.oracle === undefined ? {} : { oracle: environment.target.oracle }),
      })),
      results,
      floors: [...this.#floors],
    };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#saving);
    for (const signal of ENDING_SIGNALS) process.off(signal, this.#onSignal);
  }

  nothingRan(): string {
    const chosen = this.#task.filters.length > 0 ? ` The filter was ${this.#task.filters.join(' ')}.` : '';
    return `No case matched, so nothing was tested.${chosen} Suites run on ${this.#task.environments.map(({ id }) => id).join(', ')}.`;
  }

  /** What was chosen is not missing, and of a shard the others may have it. */
  #faults(results: readonly CaseResult[]): string[] {
    const { strict, filters, asked, cut } = this.#task;
    if (!strict || filters.length > 0) return [];
    return [...(cut ? [] : emptyEnvironments(asked, results)), ...this.#unjudged.faults];
  }

  #saveSoon(): void {
    const wait = this.#savedAt + WRITE_EVERY - monotonicMs();
    if (wait <= 0) this.save();
    else this.#saving ??= setTimeout(() => this.save(), wait).unref();
  }

  #environmentOf({ project }: { readonly project: { readonly name: string } }): Environment | undefined {
    return this.#task.environments.find(({ id }) => id === project.name);
  }
}

/** A result and its test's place in its file. */
interface PlacedResult {
  readonly result: CaseResult;
  readonly place: number;
}

/** By environment, by file, and within it as declared: no order depends on which machine was faster. */
function inDeclaredOrder(results: readonly PlacedResult[], environments: readonly Environment[]): CaseResult[] {
  const column = new Map(environments.map(({ id }, index) => [id, index]));
  const at = (id: string) => column.get(id) ?? 0;
  const byFile = (a: string, b: string) => (a < b ? -1 : Number(a > b));
  return [...results]
    .sort(
      (a, b) =>
        at(a.result.environment) - at(b.result.environment) ||
        byFile(a.result.file, b.result.file) ||
        a.place - b.place,
    )
    .map(({ result }) => result);
}
