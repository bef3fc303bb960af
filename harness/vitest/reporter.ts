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
import { DeclarationError, TwinbootError } from '../errors.ts';
import { visibleLine } from '../lines/visible.ts';
import { applyBaseline, type BaselineOutcome, type BaselineRequest } from '../report/baseline/baseline-file.ts';
import { comparisonText } from '../report/baseline/comparison-text.ts';
import { exitCodeFor, exitCodeOfVerdict } from '../report/exit.ts';
import { appendHistory, HISTORY_FILE } from '../report/history/history-file.ts';
import { buildModel } from '../report/model.ts';
import { wantsColour } from '../report/palette.ts';
import type { RunResults } from '../report/results.ts';
import { renderTerminal } from '../report/terminal.ts';
import { writeReports } from '../report/write.ts';
import type { Environment } from '../suite/environment.ts';
import { reportedMeta, type SuiteContext } from './context.ts';
import type { LiveView } from './live-view.ts';
import type { PluginOptions } from './plugin.ts';
import { RunRecord } from './run-record.ts';
import type { ShardCut } from './shard-sequencer.ts';

/** The exit code for what its author must mend before anything can be judged: a declaration, a filter that matches nothing. */
const CANNOT_BE_MEANT = 2;
const CANNOT_BE_WRITTEN = 69;

/** Collects what the workers report, writes the reports, and ends with the parity of what ran. */
export class ResultsReporter implements Reporter {
  readonly #options: PluginOptions;
  readonly #view: LiveView;
  readonly #cut: ShardCut | undefined;
  #vitest: Vitest | undefined;
  #run: RunRecord | undefined;

  /**
   * @param view Shows what runs now.
   * @param cut The shard that the run is, if it is one.
   */
  constructor(options: PluginOptions, view: LiveView, cut?: ShardCut) {
    this.#options = options;
    this.#view = view;
    this.#cut = cut;
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
    this.#view.attach(vitest);
  }

  onTestRunStart(specifications: readonly TestSpecification[]): void {
    const environments = environmentsOf(specifications, this.#options.environments);
    if (environments.length === 0) return;
    const { reports, declared } = this.#options;
    // Who watches is told of each change, and runs only what it touches.
    const strict = this.#options.strict && this.#vitest?.config.watch !== true;
    const task = { environments, filters: this.#filters(), declared, asked: this.#asked(), cut: this.#cut, strict };
    const run = new RunRecord(reports, task, (signal) => this.#interrupt(run, signal));
    this.#run = run;
    this.#view.begin();
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

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const run = this.#run;
    if (!run) return;
    this.#run = undefined;
    this.#view.end();
    run[Symbol.dispose]();
    const results = run.results(reason !== 'interrupted' && errors.length === 0);
    if (results.run.complete && results.results.length === 0 && !this.#cut) {
      process.exitCode = CANNOT_BE_MEANT;
      console.error(run.nothingRan());
      return;
    }
    const against = this.#conclude(results);
    const code = run.loadFailure === 'declaration' ? CANNOT_BE_MEANT : exitCodeAgainst(against, results);
    // What a baseline excuses has made vitest's own code 1.
    const excused = code === 0 && against.kind === 'compared' && !modules.some(failsBesideVerdicts);
    if (code !== 0 || excused) process.exitCode = code;
  }

  #showNotices(task: TestCase | TestSuite | TestModule): void {
    for (const notice of this.#run?.addNotices(task) ?? []) console.warn(visibleLine(notice, 1_000));
  }

  #conclude(results: RunResults): AgainstBaseline {
    const { reports, baseline } = this.#options;
    const folder = path.relative(process.cwd(), reports) || '.';
    const against = compareWith(baseline, results, folder);
    const outcome = against.kind === 'compared' ? against.outcome : undefined;
    const model = buildModel(results);
    writeReports(reports, results, { model, baseline: outcome });
    if (results.results.length === 0) {
      console.error(this.#nothingJudged());
      return against;
    }
    this.#remember(results);
    const sheet = { colour: wantsColour(process.stdout), reports: folder };
    console.log(renderTerminal(model, sheet));
    if (outcome) console.log(comparisonText(outcome, sheet));
    return against;
  }

  /** A watch runs what has changed, again and again. A history that cannot be written costs no results. */
  #remember(results: RunResults): void {
    if (this.#vitest?.config.watch === true) return;
    try {
      appendHistory(path.join(path.dirname(this.#options.reports), HISTORY_FILE), results);
    } catch (error) {
      if (!(error instanceof TwinbootError)) throw error;
      console.error(`twinboot: ${error.message}`);
    }
  }

  #nothingJudged(): string {
    if (!this.#cut) return 'No case was judged, so nothing is known of any kernel.';
    const { index, count } = this.#cut.shard;
    return `No case was judged: shard ${index}/${count} has none.`;
  }

  /** A run that is told to end keeps what it has. Its workers, and with them their machines, end when this process does. */
  #interrupt(run: RunRecord, signal: NodeJS.Signals): void {
    const standing = this.#view.close();
    if (standing.length > 0) console.log(['Ended while these ran:', ...standing, ''].join('\n'));
    this.#conclude(run.results(false));
    process.exit(128 + os.constants.signals[signal]);
  }

  /** vitest keeps what file names were asked for, and does not declare where. */
  #filePatterns(): readonly string[] {
    return (this.#vitest as { filenamePattern?: string[] } | undefined)?.filenamePattern ?? [];
  }

  /** The ids of the environments that were chosen, whatever suite files there are for them. */
  #asked(): string[] {
    const chosen = new Set(this.#vitest?.projects.map(({ name }) => name));
    return this.#options.environments.filter((id) => chosen.has(id));
  }

  #filters(): string[] {
    const pattern = this.#vitest?.config.testNamePattern;
    return [...this.#filePatterns(), ...(pattern ? [String(pattern)] : [])];
  }
}

/** What a baseline says of a run. */
type AgainstBaseline =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'compared'; readonly outcome: BaselineOutcome }
  | { readonly kind: 'failed'; readonly exitCode: number };

/** A baseline that somebody has broken while the run went on does not cost its results. */
function compareWith(baseline: BaselineRequest | undefined, results: RunResults, folder: string): AgainstBaseline {
  if (!baseline || results.results.length === 0) return { kind: 'not-asked' };
  try {
    return { kind: 'compared', outcome: applyBaseline(baseline, results, folder) };
  } catch (error) {
    if (!(error instanceof TwinbootError)) throw error;
    console.error(`twinboot: ${error.message}`);
    return { kind: 'failed', exitCode: error instanceof DeclarationError ? CANNOT_BE_MEANT : CANNOT_BE_WRITTEN };
  }
}

function exitCodeAgainst(against: AgainstBaseline, results: RunResults): number {
  switch (against.kind) {
    case 'not-asked':
      return exitCodeFor(results);
    case 'compared':
      return against.outcome.exitCode;
    case 'failed':
      return against.exitCode;
    default:
      return against satisfies never;
  }
}

/** Whether something has failed in a file of tests that no verdict tells of: a hook, say, or a test without a machine. */
function failsBesideVerdicts(module: TestModule): boolean {
  if (module.errors().length > 0 || [...module.children.allSuites()].some((suite) => suite.errors().length > 0))
    return true;
  return [...module.children.allTests('failed')].some((test) => {
    const verdict = reportedMeta(test.meta()).twinboot?.result.verdict;
    return verdict === undefined || exitCodeOfVerdict(verdict) === 0;
  });
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
