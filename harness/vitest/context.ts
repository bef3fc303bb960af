import type { CaseResult, SuiteFloor } from '../report/results.ts';
import type { Environment } from '../suite/environment.ts';
import type { LiveAddress } from './live-message.ts';
import type { BudgetAddress } from './machine-budget.ts';

/** What the configuration hands to the worker that runs an environment's suites. */
export interface SuiteContext {
  readonly environment: Environment;
  /** The ids of all environments that the project may have, chosen for this run or not. */
  readonly possible: readonly string[];
  /** The project's root folder. */
  readonly root: string;
  /** The folder of this run's reports, absolute. */
  readonly reports: string;
}

/** What a worker tells the reporter of one test, through vitest's task meta. */
export interface TestReport {
  readonly result: CaseResult;
  /** The version of the QEMU that ran it, when one was asked. */
  readonly qemu: string | undefined;
}

/** What vitest carries from a worker to the reporter with each task, in fields of our own. */
interface ReportedMeta {
  twinboot?: TestReport;
  /** The test has decided so while it ran, and no declaration. */
  twinbootSkippedItself?: true;
  twinbootFloor?: SuiteFloor;
  twinbootNotices?: readonly string[];
}

/** vitest's meta is open to anyone's fields; these are ours. */
export function reportedMeta(meta: object): ReportedMeta {
  return meta;
}

declare module 'vitest' {
  interface ProvidedContext {
    twinboot: SuiteContext;
    /** One for all environments, and known only once the run has begun. */
    twinbootBudget: BudgetAddress;
    /** Likewise. */
    twinbootLive: LiveAddress;
  }
}
