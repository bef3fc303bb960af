import { parse } from 'yaml';

export interface WorkflowStep {
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}

export interface WorkflowJob {
  readonly needs?: string;
  readonly if?: string;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly string[]>> };
  readonly steps: readonly WorkflowStep[];
}

export interface Workflow {
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<string, WorkflowJob>>;
}

/** What the expressions of a job's steps may name: `matrix.arch`. */
export type JobContext = Readonly<Record<string, string>>;

export interface StepOutcome {
  readonly exitCode: number | undefined;
  readonly all: string;
}

/** How the steps of a job are done. */
export interface StepDoers {
  readonly run: (script: string, step: WorkflowStep) => Promise<StepOutcome>;
  /** What an action would do; `undefined`: nothing that matters here. */
  readonly use: (action: string, inputs: Readonly<Record<string, string>>) => void;
}

/** Here is no cache. */
const CACHE_MISS = /^\$\{\{ steps\.\w+\.outputs\.cache-hit != 'true' \}\}$/;
const ALWAYS = /^\$\{\{ always\(\) \}\}$/;

export function readWorkflow(text: string): Workflow {
  return parse(text) as Workflow;
}

/** Each combination of a job's matrix, in GitHub's order: the last key changes first. */
export function contextsOf({ strategy }: WorkflowJob): JobContext[] {
  let combinations: JobContext[] = [{}];
  for (const [key, values] of Object.entries(strategy?.matrix ?? {}))
    combinations = combinations.flatMap((one) => values.map((value) => ({ ...one, [`matrix.${key}`]: value })));
  return combinations.map((one, index) => ({
    ...one,
    'strategy.job-index': String(index),
    'github.run_attempt': '1',
  }));
}

/**
 * Does the steps of a job as GitHub's runner does: after one that fails, only those that are to run `always()`.
 * @returns the outcome of each `run` step by its name; of those that were done.
 * @throws Error for an expression or a condition that is more than this knows.
 */
export async function doSteps(
  { steps }: WorkflowJob,
  context: JobContext,
  { run, use }: StepDoers,
): Promise<{ readonly failed: boolean; readonly outcomes: Readonly<Record<string, StepOutcome>> }> {
  const outcomes: Record<string, StepOutcome> = {};
  let failed = false;
  for (const step of steps) {
    if (step.if !== undefined && !ALWAYS.test(step.if) && !CACHE_MISS.test(step.if))
      throw new Error(`a condition: ${step.if}`);
    if (failed && !ALWAYS.test(step.if ?? '')) continue;
    if (step.uses !== undefined) {
      const inputs = Object.entries(step.with ?? {}).map(([name, value]) => [name, fillIn(String(value), context)]);
      use(step.uses.replace(/@.*/, ''), Object.fromEntries(inputs));
      continue;
    }
    const outcome = await run(fillIn(step.run ?? '', context), step);
    outcomes[step.name ?? ''] = outcome;
    failed ||= outcome.exitCode !== 0;
  }
  return { failed, outcomes };
}

/** What only the caches are told is of no interest here. */
function fillIn(text: string, context: JobContext): string {
  return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    if (/^(runner\.|hashFiles\()/.test(expression)) return expression;
    const value = context[expression];
    if (value === undefined) throw new Error(`an expression: ${expression}`);
    return value;
  });
}
