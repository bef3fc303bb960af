import pLimit from 'p-limit';
import { resumeShell } from '../console/shell.ts';
import { EnvironmentError } from '../errors.ts';
import { Machine } from '../machine/machine.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { cacheFolder, cacheLimit } from '../machine/template/cache-folder.ts';
import { type Obtained, type ReadyState, TemplateStore } from '../machine/template/store.ts';
import type { Template } from '../machine/template/template.ts';
import type { Millis } from '../units.ts';
import { type CaseOutcome, outcomeWithoutMachine } from './case-outcome.ts';
import type { ShellDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { bootBudget } from './plan.ts';
import { type TellProgress, untold } from './progress.ts';
import { bootToShell, type SeatOutcome } from './seat.ts';

/** A kernel that twice does not get to its shell will not do so for the next case either. */
const BOOTS_TRIED = 2;

/** A clone answers in a tenth of a second on an idle host. */
const ANSWERS_WITHIN: Millis = 30_000;

/** A template whose clone does not start is made anew, once: it was deleted or damaged, or QEMU is another one by now. */
const CLONES_TRIED = 2;

/** How a suite's machines come to their shell: cloned where that can be, or booted one by one. */
export type SeatKind = 'clone' | 'boot';

/** Who wants to know what becomes of a machine that is asked for. */
interface Listener {
  readonly tell: (notice: string) => void;
  readonly progress: TellProgress;
}

type KnownTemplate = Extract<Obtained<CaseOutcome>, { kind: 'template' | 'unclonable' }>;

/** Where the cases of a suite get machines at their shell. */
export class Seats {
  readonly #environment: Environment;
  readonly #shell: ShellDeclaration;
  readonly #kind: SeatKind;
  readonly #store = new TemplateStore(cacheFolder(), cacheLimit());
  /** By machine: cases may differ in the devices that their results need. */
  readonly #templates = new Map<string, KnownTemplate>();
  /** One boot at a time tells whether there is any use in the next. */
  readonly #oneAtATime = pLimit(1);
  #failedBoots = 0;
  #failure: CaseOutcome | undefined;

  constructor(environment: Environment, shell: ShellDeclaration, kind: SeatKind) {
    this.#environment = environment;
    this.#shell = shell;
    this.#kind = kind;
  }

  /**
   * A machine that nobody has used, at its shell.
   * @param tell Hears, for people, why machines are not cloned.
   * @param progress Hears of a machine that boots for it.
   * @throws EnvironmentError when it cannot be started at all.
   */
  async take(plan: MachinePlan, tell: (notice: string) => void, progress: TellProgress = untold): Promise<SeatOutcome> {
    return this.#kind === 'boot' ? this.#boot(plan, progress) : this.#clone(plan, { tell, progress }, CLONES_TRIED);
  }

  async #clone(plan: MachinePlan, listener: Listener, triesLeft: number): Promise<SeatOutcome> {
    const obtained = await this.#oneAtATime(() => this.#obtain(plan, listener.progress));
    switch (obtained.kind) {
      case 'template':
        try {
          return await this.#resume(obtained.template);
        } catch (error) {
          if (!(error instanceof EnvironmentError)) throw error;
          this.#discard(plan, obtained);
          return triesLeft > 1
            ? this.#clone(plan, listener, triesLeft - 1)
            : this.#bootInstead(plan, error.message, listener);
        }
      case 'unclonable':
        return this.#bootInstead(plan, obtained.because, listener);
      case 'failed':
        return { kind: 'failed', outcome: obtained.failure };
      default:
        return obtained satisfies never;
    }
  }

  async #resume(template: Template): Promise<SeatOutcome> {
    const machine = await template.clone();
    return { kind: 'ready', machine, session: resumeShell(machine.console, this.#shell, template.manifest.ready) };
  }

  /** Cases that run at once may each find that their clone does not start: the template that was made anew is not to blame. */
  #discard(plan: MachinePlan, spoilt: Extract<KnownTemplate, { kind: 'template' }>): void {
    const identity = identityOf(plan);
    if (this.#templates.get(identity) === spoilt) this.#templates.delete(identity);
    spoilt.template.discard();
  }

  async #bootInstead(plan: MachinePlan, because: string, { tell, progress }: Listener): Promise<SeatOutcome> {
    const seat = await this.#boot(plan, progress);
    // A machine that does not boot either has its own story to tell.
    if (seat.kind === 'ready')
      tell(`${this.#environment.id}: machines cannot be cloned here, so each is booted: ${because}`);
    return seat;
  }

  async #obtain(plan: MachinePlan, progress: TellProgress): Promise<Obtained<CaseOutcome>> {
    const identity = identityOf(plan);
    const known = this.#templates.get(identity);
    if (known) return known;
    if (this.#givenUp) return { kind: 'failed', failure: this.#givenUp };
    const obtained = await this.#store.obtain(plan, this.#readyState(plan, progress));
    if (obtained.kind === 'failed') return { kind: 'failed', failure: this.#noteFailure(obtained.failure) };
    this.#failedBoots = 0;
    this.#templates.set(identity, obtained);
    return obtained;
  }

  async #boot(plan: MachinePlan, progress: TellProgress): Promise<SeatOutcome> {
    if (this.#givenUp) return { kind: 'failed', outcome: this.#givenUp };
    const { target } = this.#environment;
    const start = () => Machine.boot(plan);
    const seat = await bootToShell(start, target, this.#shell, bootBudget(this.#environment), progress);
    if (seat.kind === 'failed') return { kind: 'failed', outcome: this.#noteFailure(seat.outcome) };
    this.#failedBoots = 0;
    return seat;
  }

  #readyState(plan: MachinePlan, progress: TellProgress): ReadyState<CaseOutcome> {
    const { id, target } = this.#environment;
    const shell = this.#shell;
    const within = bootBudget(this.#environment);
    const { prompt, status, enter } = shell;
    return {
      label: id,
      description: JSON.stringify({ prompt: String(prompt), status, enter, consoles: plan.consoles }),
      within,
      reach: async (start) => {
        const seat = await bootToShell(start, target, shell, within, progress);
        if (seat.kind === 'ready') return { kind: 'ready', machine: seat.machine, ready: seat.session.snapshot };
        const { verdict, machine } = seat.outcome;
        if (verdict.kind !== 'error') return { kind: 'failed', failure: seat.outcome };
        await machine?.stop(); // A full disk under its RAM ends QEMU; without a file behind it, it may boot.
        throw new EnvironmentError(verdict.reason);
      },
      answers: (clone, ready) => resumeShell(clone.console, shell, ready).alive(clone.deadlineAfter(ANSWERS_WITHIN)),
    };
  }

  /** What is said of a case when booting has been given up. */
  get #givenUp(): CaseOutcome | undefined {
    return this.#failure && this.#failedBoots >= BOOTS_TRIED ? notStarted(this.#failure) : undefined;
  }

  #noteFailure(outcome: CaseOutcome): CaseOutcome {
    this.#failedBoots++;
    this.#failure = outcome;
    return {
      ...outcome,
      notes: [...outcome.notes, 'the case was not started: the machine did not get to its shell'],
    };
  }
}

function identityOf(plan: MachinePlan): string {
  return JSON.stringify(plan);
}

function notStarted(failure: CaseOutcome): CaseOutcome {
  return outcomeWithoutMachine(failure.verdict, [
    `the case was not started: ${BOOTS_TRIED} boots in a row did not get to the shell`,
  ]);
}
