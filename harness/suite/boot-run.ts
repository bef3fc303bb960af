import { EnvironmentError } from '../errors.ts';
import { type CaseOutcome, hasEvidence, outcomeWithoutMachine } from './case-outcome.ts';
import type { BootStagesDeclaration, StageDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { inViewOf } from './expectation.ts';
import { whySkipped } from './plan.ts';
import { type TellProgress, untold } from './progress.ts';
import { WatchedBoot } from './watched-boot.ts';

/** One boot, watched from its first byte for every stage that is declared. */
export class BootRun implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #declared: BootStagesDeclaration;
  readonly #root: string;
  readonly #because: string | undefined;
  #boot: Promise<WatchedBoot> | undefined;

  constructor(environment: Environment, declared: BootStagesDeclaration, root: string) {
    this.#environment = environment;
    this.#declared = declared;
    this.#root = root;
    this.#because = whySkipped(environment, declared.needs);
  }

  /** Whether a machine is booted at all. */
  get needsMachine(): boolean {
    return this.#because === undefined;
  }

  /**
   * Waits for one stage, up to its time since the machine's start, and judges it.
   * @param keepEvidence Called while the machine still stands, when there is evidence to keep.
   * @param progress Hears what is being done.
   */
  async reach(
    stage: StageDeclaration,
    keepEvidence: (outcome: CaseOutcome) => Promise<void>,
    progress: TellProgress = untold,
  ): Promise<CaseOutcome> {
    if (this.#because) return outcomeWithoutMachine({ kind: 'skip', because: this.#because });
    const judged = await this.#reach(stage, progress);
    const outcome = { ...judged, verdict: inViewOf(stage.expectFailure, this.#environment, judged.verdict) };
    if (hasEvidence(outcome, this.#environment)) {
      if (outcome.machine) progress('gathering evidence', outcome.machine);
      await keepEvidence(outcome);
    }
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const boot = await this.#boot?.catch(() => undefined);
    await boot?.[Symbol.asyncDispose]();
  }

  async #reach(stage: StageDeclaration, progress: TellProgress): Promise<CaseOutcome> {
    progress('starting');
    try {
      this.#boot ??= WatchedBoot.start(this.#environment, this.#declared, this.#root);
      const boot = await this.#boot;
      progress('booting', boot.machine);
      return await boot.reach(stage, stage === this.#declared.stages.at(-1));
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error;
      return outcomeWithoutMachine({ kind: 'error', reason: error.message });
    }
  }
}
