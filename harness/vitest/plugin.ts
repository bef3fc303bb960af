import type { Plugin } from 'vite';
import type { TestProject, Vitest } from 'vitest/node';
import { DeclarationError } from '../errors.ts';
import { proveAccelerator } from '../machine/accelerator.ts';
import type { BaselineRequest } from '../report/baseline/baseline-file.ts';
import { planMachine } from '../suite/plan.ts';
import type { Millis } from '../units.ts';
import type { SuiteContext } from './context.ts';
import { findDuplicateCases } from './duplicate-cases.ts';
import { LiveFeed } from './live-feed.ts';
import { LiveView } from './live-view.ts';
import { MachineBudget } from './machine-budget.ts';
import { ResultsReporter } from './reporter.ts';
import { cutInto } from './shard-sequencer.ts';

export interface PluginOptions {
  /** The folder of this run's reports, absolute. */
  readonly reports: string;
  /** The ids of the declared environments, in their order. */
  readonly environments: readonly string[];
  /** The ids of all environments that the configuration declares, chosen for this run or not. */
  readonly declared: readonly string[];
  /** How many machines there may be at once. */
  readonly machines: number;
  /** What was to be tested and was not makes the run red. */
  readonly strict: boolean;
  readonly baseline: BaselineRequest | undefined;
  /** How long a suite file took once in an environment; `undefined` where nobody knows. Shards are cut by it. */
  readonly timeOf: (environment: string, file: string) => Millis | undefined;
}

/**
 * Adds the reporter that writes results, whatever reporters the command line names; gives up accelerators that do not
 * work; keeps the machines of all workers within one budget; refuses suites that lose a case.
 */
export function twinbootPlugin(options: PluginOptions): Plugin {
  return {
    name: 'twinboot',
    async configureVitest({ vitest, project }) {
      await settleAccelerator(project);
      const view = join(vitest, options);
      await shareBudget(vitest, project, options.machines);
      await shareFeed(vitest, project, view);
    },
    transform(code, id) {
      if (!code.includes('defineSuite')) return;
      const duplicate = findDuplicateCases(this.parse(code));
      if (duplicate) throw duplicateCase(id, duplicate);
    },
  };
}

/** Its text is the whole story: the stack is that of the bundler. */
function duplicateCase(file: string, name: string): DeclarationError {
  const error = new DeclarationError(
    `${file}: the case ${JSON.stringify(name)} is declared twice in one suite; the first would be lost`,
  );
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

const JOINED = Symbol.for('twinboot.reporter');

/**
 * Each project loads the configuration, and with it this plugin, anew; the run wants one reporter. A watch whose
 * configuration has changed closes everything and begins anew, with the same `vitest`.
 */
function join(vitest: Vitest & { [JOINED]?: LiveView }, options: PluginOptions): LiveView {
  if (vitest[JOINED]) return vitest[JOINED];
  const view = new LiveView();
  vitest[JOINED] = view;
  vitest.onClose(() => {
    delete vitest[JOINED];
  });
  const cut = vitest.config.shard ? cutInto(vitest, options) : undefined;
  vitest.config.reporters.push(new ResultsReporter(options, view, cut) as never); // Typed for names; instances are accepted alike.
  return view;
}

const BUDGET = Symbol.for('twinboot.budget');

type BudgetedVitest = Vitest & { [BUDGET]?: Promise<MachineBudget> };

/** Tells the project's workers where to ask for machines: all projects of a run at one place. */
async function shareBudget(vitest: BudgetedVitest, project: TestProject, machines: number): Promise<void> {
  if (!project.config.provide.twinboot) return;
  vitest[BUDGET] ??= openBudget(vitest, machines);
  const { address } = await vitest[BUDGET];
  project.provide('twinbootBudget', address);
}

async function openBudget(vitest: BudgetedVitest, machines: number): Promise<MachineBudget> {
  const budget = await MachineBudget.open(machines);
  vitest.onClose(() => {
    delete vitest[BUDGET];
    budget.close();
  });
  return budget;
}

const FEED = Symbol.for('twinboot.feed');

type FedVitest = Vitest & { [FEED]?: Promise<LiveFeed> };

/** Tells the project's workers where to tell of their cases: all projects of a run at one place. */
async function shareFeed(vitest: FedVitest, project: TestProject, view: LiveView): Promise<void> {
  if (!project.config.provide.twinboot) return;
  vitest[FEED] ??= openFeed(vitest, view);
  const { address } = await vitest[FEED];
  project.provide('twinbootLive', address);
}

async function openFeed(vitest: FedVitest, view: LiveView): Promise<LiveFeed> {
  const feed = await LiveFeed.open((event) => view.hear(event));
  vitest.onClose(() => {
    delete vitest[FEED];
    feed.close();
  });
  return feed;
}

/** Replaces an accelerator that does not run the environment's kernel by emulation, and says so. */
async function settleAccelerator(project: TestProject): Promise<void> {
  const context = project.config.provide.twinboot as SuiteContext | undefined;
  if (!context || context.environment.accelerator === 'tcg') return;
  const { environment, root } = context;
  const proof = await proveAccelerator(planMachine(environment, {}, root));
  if (proof.kind === 'works') return;
  console.warn(
    `${environment.id}: ${environment.accelerator} does not work here (${proof.why}); emulating with tcg instead.`,
  );
  project.provide('twinboot', { ...context, environment: { ...environment, accelerator: 'tcg' } });
}
