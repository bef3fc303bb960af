import { EnvironmentError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { VerdictKind } from '../verdict/verdict.ts';
import { type CaseOutcome, hasEvidence, outcomeWithoutMachine } from './case-outcome.ts';
import type { CaseDeclaration, Isolation, SuiteDeclaration } from './declaration.ts';
import { probesOf } from './declared-probes.ts';
import type { Environment } from './environment.ts';
import { inViewOf } from './expectation.ts';
import { placeProbes } from './place-probes.ts';
import { type CasePlan, planCase } from './plan.ts';
import { type TellProgress, untold } from './progress.ts';
import { runBoot, runCommand } from './run-case.ts';
import type { SeatOutcome } from './seat.ts';
import { Seats } from './seats.ts';

/** After these the machine is as it was: its shell has answered, and nothing of the case ran wrong in it. */
const TRUSTED_AFTER: ReadonlySet<VerdictKind> = new Set(['pass', 'unexpected-pass', 'skip', 'missing']);

/** What a suite's cases share unless it says otherwise: nothing. */
export const DEFAULT_ISOLATION: Isolation = 'clone';

/**
 * One suite in one environment. Each case gets a machine of its own, so that several may run at once; in a `shared` suite
 * they run one after another on one machine as long as they pass, and after anything else the next case gets a new one.
 */
export class SuiteRun implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #suite: SuiteDeclaration;
  readonly #root: string;
  readonly #isolation: Isolation;
  readonly #seats: Seats | undefined;
  /** The machine of a shared suite between two cases. */
  #seat: Extract<SeatOutcome, { kind: 'ready' }> | undefined;

  constructor(environment: Environment, suite: SuiteDeclaration, root: string) {
    this.#environment = environment;
    this.#suite = suite;
    this.#root = root;
    this.#isolation = suite.isolation ?? DEFAULT_ISOLATION;
    const { shell } = environment.target;
    this.#seats = shell && new Seats(environment, shell, this.#isolation === 'fresh' ? 'boot' : 'clone');
  }

  /** Whether a case is run at all: one that is skipped or whose image is missing waits for no machine. */
  needsMachine(declared: CaseDeclaration): boolean {
    const { kind } = planCase(this.#environment, this.#suite, declared, this.#root);
    return kind !== 'skip' && kind !== 'missing';
  }

  /**
   * Runs and judges one case.
   * @param keepEvidence Called before the machine is thrown away of a case that has evidence to keep.
   * @param tell Hears, for people, what is otherwise than declared.
   * @param progress Hears what is being done. Nothing for a case that is not run.
   * @throws DeclarationError for a declaration that cannot be meant. The infrastructure's trouble is a verdict: `error`.
   */
  async run(
    declared: CaseDeclaration,
    keepEvidence: (outcome: CaseOutcome) => Promise<void>,
    tell: (notice: string) => void,
    progress: TellProgress = untold,
  ): Promise<CaseOutcome> {
    const judged = await this.#judged(planCase(this.#environment, this.#suite, declared, this.#root), tell, progress);
    const verdict = inViewOf(declared.expectFailure, this.#environment, judged.verdict);
    const outcome = { ...judged, verdict };
    const keepsMachine = TRUSTED_AFTER.has(outcome.verdict.kind) && this.#seat?.machine === outcome.machine;
    if (hasEvidence(outcome, this.#environment)) {
      if (outcome.machine) progress('gathering evidence', outcome.machine);
      await keepEvidence(outcome);
    }
    if (outcome.machine && !keepsMachine) await this.#discard(outcome.machine);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#seat) await this.#discard(this.#seat.machine);
  }

  async #judged(plan: CasePlan, tell: (notice: string) => void, progress: TellProgress): Promise<CaseOutcome> {
    switch (plan.kind) {
      case 'skip':
      case 'missing':
        return outcomeWithoutMachine(plan);
      case 'run':
      case 'boot':
        progress('starting');
        try {
          return plan.kind === 'boot'
            ? await runBoot(await this.#withProbes(plan), this.#environment.target, progress)
            : await this.#runAtShell(await this.#withProbes(plan), tell, progress);
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          return outcomeWithoutMachine({ kind: 'error', reason: error.message });
        }
      default:
        return plan satisfies never;
    }
  }

  /** @throws DeclarationError for functions that the kernel does not have. */
  async #withProbes<Plan extends Extract<CasePlan, { kind: 'run' | 'boot' }>>(plan: Plan): Promise<Plan> {
    const { machine, probes } = plan;
    // The cases that share a machine share its probes: each reads its own.
    const sharing = this.#isolation === 'shared' && plan.kind === 'run' ? Object.values(this.#suite.cases) : [];
    const theirs = sharing
      .filter(({ run }) => run !== undefined)
      .flatMap((declared) => Object.keys(probesOf(this.#environment, this.#suite, declared)));
    return { ...plan, ...(await placeProbes(machine, probes, [...new Set([...Object.keys(probes), ...theirs])])) };
  }

  async #runAtShell(
    plan: Extract<CasePlan, { kind: 'run' }>,
    tell: (notice: string) => void,
    progress: TellProgress,
  ): Promise<CaseOutcome> {
    if (!this.#seats) throw new TypeError('a command was planned for a target without a shell');
    const notes: string[] = [];
    if (this.#seat?.machine.end) {
      notes.push('the machine had died after the case before; this one ran on a new machine');
      await this.#discard(this.#seat.machine);
    }
    const seat = this.#seat ?? (await this.#seats.take(plan.machine, tell, progress));
    if (seat.kind === 'failed') return seat.outcome;
    if (this.#isolation === 'shared') this.#seat = seat;
    progress('running', seat.machine);
    const outcome = await runCommand(plan, seat, this.#environment.target).catch(async (error: unknown) => {
      await this.#discard(seat.machine); // It was declared to trace events that QEMU does not have, say.
      throw error;
    });
    return { ...outcome, notes: [...notes, ...outcome.notes] };
  }

  async #discard(machine: Machine): Promise<void> {
    if (this.#seat?.machine === machine) this.#seat = undefined;
    await machine.stop();
  }
}
