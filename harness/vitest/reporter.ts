import os from 'node:os';
import path from 'node:path';
import type {
  Reporter,
  TestCase,
  TestModule,
  TestRunEndReason,
  TestSpecification,
  TestSuite,
  Vitest,
} from 'vitest/node';
import { visibleLine } from '../lines/visible.ts';
import { exitCodeFor } from '../report/exit.ts';
import { buildModel } from '../report/model.ts';
import type { RunResults } from '../report/results.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import type { Environment } from '../suite/environment.ts';
import type { SuiteContext } from './context.ts';
import type { PluginOptions } from './plugin.ts';
import { RunRecord } from './run-record.ts';

/** The exit code for what its author must mend before anything can be judged: a declaration, a filter that matches nothing. */
const CANNOT_BE_MEANT = 2;

/** Collects what the workers report, writes the reports, and ends with the parity of what ran. */
export class ResultsReporter implements Reporter {
  readonly #options: PluginOptions;
  #vitest: Vitest | undefined;
  #run: RunRecord | undefined;

  constructor(options: PluginOptions) {
    this.#options = options;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    const environments = environmentsOf(specifications, this.#options.environments);
    if (environments.length === 0) return;
    const run = new RunRecord(this.#options.reports, environments, this.#filters(), (signal) =>
      this.#interrupt(run, signal),
    );
    this.#run = run;
  }

  onTestCaseResult(test: TestCase): void {
    this.#showNotices(test);
    this.#run?.addCase(test);
  }

  onTestSuiteResult(suite: TestSuite): void {
    this.#showNotices(suite);
    this.#run?.addSuite(suite);
  }

  onTestModuleEnd(module: TestModule): void {
    this.#showNotices(module);
    this.#run?.addModule(module);
  }

  onTestRunEnd(_modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    run[Symbol.dispose]();
    const results = run.results(reason !== 'interrupted' && errors.length === 0);
    if (results.run.complete && results.results.length === 0) {
      process.exitCode = CANNOT_BE_MEANT;
      console.error(run.nothingRan());
      return;
    }
    this.#conclude(results);
    const code = run.loadFailure === 'declaration' ? CANNOT_BE_MEANT : exitCodeFor(results);
    if (code !== 0) process.exitCode = code;
  }

  #showNotices(task: TestCase | TestSuite | TestModule): void {
    for (const notice of this.#run?.addNotices(task) ?? []) console.warn(visibleLine(notice, 1_000));
  }

  #conclude(results: RunResults): void {
    writeReports(this.#options.reports, results);
    if (results.results.length === 0) {
      console.error('No case was judged, so nothing is known of any kernel.');
      return;
    }
    const folder = path.relative(process.cwd(), this.#options.reports) || '.';
    console.log(renderTerminal(buildModel(results), { colour: process.stdout.isTTY === true, reports: folder }));
  }

  /** A run that is told to end keeps what it has. Its workers, and with them their machines, end when this process does. */
  #interrupt(run: RunRecord, signal: NodeJS.Signals): void {
    this.#conclude(run.results(false));
    process.exit(128 + os.constants.signals[signal]);
  }

  /** vitest keeps what file names were asked for, and does not declare where. */
  #filePatterns(): readonly string[] {
    return (this.#vitest as { filenamePattern?: string[] } | undefined)?.filenamePattern ?? [];
  }

  #filters(): string[] {
    const pattern = this.#vitest?.config.testNamePattern;
    return [...this.#filePatterns(), ...(pattern ? [String(pattern)] : [])];
  }
}

/** The environments that a run touches, as their projects were told of them, in declared order. */
function environmentsOf(specifications: readonly TestSpecification[], declared: readonly string[]): Environment[] {
  const projects = new Set(specifications.map(({ project }) => project));
  return [...projects]
    .map((project): SuiteContext | undefined => project.getProvidedContext().twinboot)
    .filter((context) => context !== undefined)
    .map(({ environment }) => environment)
    .sort((a, b) => declared.indexOf(a.id) - declared.indexOf(b.id));
}
