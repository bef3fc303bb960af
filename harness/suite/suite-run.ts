import { EnvironmentError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
import type { VerdictKind } from '../verdict/verdict.ts';
import { type CaseOutcome, outcomeWithoutMachine } from './case-outcome.ts';
import type { CaseDeclaration, SuiteDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { bootBudget, type CasePlan, planCase } from './plan.ts';
import { runBoot, runCommand } from './run-case.ts';
import { bootToShell, type Seat } from './seat.ts';

/** A kernel that twice does not get to its shell will not do so for the next case either. */
const BOOTS_TRIED = 2;

/** After these the machine is as it was: its shell has answered, and nothing of the case ran wrong in it. */
const TRUSTED_AFTER: ReadonlySet<VerdictKind> = new Set(['pass', 'skip', 'missing']);

/**
 * One suite in one environment: runs its cases in the order asked for, on one machine as long as they pass. After
 * anything but a pass the machine is thrown away, and the next case gets a new one.
 */
export class SuiteRun implements AsyncDisposable {
  readonly #environment: Environment;
  readonly #suite: SuiteDeclaration;
  readonly #root: string;
  #seat: Seat | undefined;
  #failedBoots = 0;
  #bootFailure: CaseOutcome | undefined;

  constructor(environment: Environment, suite: SuiteDeclaration, root: string) {
    this.#environment = environment;
    this.#suite = suite;
    this.#root = root;
  }

  /** Whether a case is run at all: one that is skipped or whose image is missing waits for no machine. */
  needsMachine(declared: CaseDeclaration): boolean {
    const { kind } = planCase(this.#environment, this.#suite, declared, this.#root);
    return kind !== 'skip' && kind !== 'missing';
  }

  /**
   * Runs and judges one case.
   * @param keepEvidence Called before the machine of a case that did not pass is thrown away.
   * @throws DeclarationError for a declaration that cannot be meant. The infrastructure's trouble is a verdict: `error`.
   */
  async run(declared: CaseDeclaration, keepEvidence: (outcome: CaseOutcome) => Promise<void>): Promise<CaseOutcome> {
    const outcome = await this.#judged(planCase(this.#environment, this.#suite, declared, this.#root));
    const keepsMachine =
      TRUSTED_AFTER.has(outcome.verdict.kind) &&
      this.#seat?.machine === outcome.machine &&
      this.#suite.isolation !== 'fresh';
    if (outcome.verdict.kind !== 'pass' && outcome.verdict.kind !== 'skip') await keepEvidence(outcome);
    if (outcome.machine && !keepsMachine) await this.#discard(outcome.machine);
    return outcome;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#seat) await this.#discard(this.#seat.machine);
  }

  async #judged(plan: CasePlan): Promise<CaseOutcome> {
    switch (plan.kind) {
      case 'skip':
      case 'missing':
        return outcomeWithoutMachine(plan);
      case 'run':
      case 'boot':
        try {
          return plan.kind === 'boot' ? await runBoot(plan, this.#environment.target) : await this.#runAtShell(plan);
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          return outcomeWithoutMachine({ kind: 'error', reason: error.message });
        }
      default:
        return plan satisfies never;
    }
  }

  async #runAtShell(plan: Extract<CasePlan, { kind: 'run' }>): Promise<CaseOutcome> {
    const { target } = this.#environment;
    if (!target.shell) throw new TypeError('a command was planned for a target without a shell');
    const notes: string[] = [];
    if (this.#seat?.machine.end) {
      notes.push('the machine had died after the case before; this one ran on a new machine');
      await this.#discard(this.#seat.machine);
    }
    if (!this.#seat) {
      if (this.#bootFailure && this.#failedBoots >= BOOTS_TRIED) return notStarted(this.#bootFailure);
      const seat = await bootToShell(plan.machine, target, target.shell, bootBudget(this.#environment));
      if (seat.kind === 'failed') {
        this.#failedBoots++;
        this.#bootFailure = seat.outcome;
        return {
          ...seat.outcome,
          notes: [...seat.outcome.notes, 'the case was not started: the machine did not get to its shell'],
        };
      }
      this.#failedBoots = 0;
      this.#seat = seat;
    }
    const outcome = await runCommand(plan, this.#seat, target);
    return { ...outcome, notes: [...notes, ...outcome.notes] };
  }

  async #discard(machine: Machine): Promise<void> {
    if (this.#seat?.machine === machine) this.#seat = undefined;
    await machine.stop();
  }
}

function notStarted(failure: CaseOutcome): CaseOutcome {
  return outcomeWithoutMachine(failure.verdict, [
    `the case was not started: ${BOOTS_TRIED} boots in a row did not get to the shell`,
  ]);
}
