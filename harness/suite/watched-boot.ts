import type { Line } from '../lines/line.ts';
import { Machine } from '../machine/machine.ts';
import { type Deadline, formatMillis, type Millis, monotonicMs } from '../units.ts';
import { judge } from '../verdict/judge.ts';
import { type CaseOutcome, type CrashFacts, crashFacts } from './case-outcome.ts';
import type { BootStagesDeclaration, StageDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { Observation } from './observation.ts';
import { millis, planMachine } from './plan.ts';
import { settle } from './settle.ts';
import { refuseSilentLauncher } from './silent-launcher.ts';

/** The line that marked a stage. */
interface Marked {
  readonly line: Line;
  /** {@link Machine.starvedMs} when it came. */
  readonly starvedMs: Millis;
}

/** A booting machine, and when it reached each of the stages. */
export class WatchedBoot implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #observation: Observation;
  readonly #reached = new Map<StageDeclaration, Marked>();
  readonly #stops: (() => void)[];
  #tellReached: () => void = () => {};

  private constructor(machine: Machine, observation: Observation, stages: readonly StageDeclaration[]) {
    this.#machine = machine;
    this.#observation = observation;
    const accept = (line: Line) => this.#accept(line, stages);
    for (const console of machine.consoles) console.since(0).forEach(accept);
    this.#stops = machine.consoles.map((console) => console.subscribe({ accept }));
  }

  static async start(environment: Environment, declared: BootStagesDeclaration, root: string): Promise<WatchedBoot> {
    const machine = await Machine.boot(planMachine(environment, declared.machine ?? {}, root));
    const observation = new Observation(machine, environment.target, { tap: 'ignored' }, 'first line');
    return new WatchedBoot(machine, observation, declared.stages);
  }

  /** @throws EnvironmentError when the machine turns out not to have been started at all. */
  async reach(stage: StageDeclaration, last: boolean): Promise<CaseOutcome> {
    const startedAt = monotonicMs();
    const inTime = await this.#wait(stage, this.#machine.deadlineSinceSpawn(millis(stage.within)));
    // A panic just after the marker, or the rest of one that came instead of it.
    if (last || !inTime) await settle(this.#machine, this.#observation);
    await refuseSilentLauncher(this.#machine);
    const marked = this.#reached.get(stage);
    return {
      ...this.#judge(stage, marked),
      subtests: [],
      durationMs: monotonicMs() - startedAt,
      stages: marked ? [{ name: stage.name, atMs: Math.round(marked.line.atMs) }] : [],
      machine: this.#machine,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#observation[Symbol.dispose]();
    await this.#machine.stop();
  }

  #accept(line: Line, stages: readonly StageDeclaration[]): void {
    for (const stage of stages) {
      if (this.#reached.has(stage) || !marks(stage.marker, line.text)) continue;
      this.#reached.set(stage, { line, starvedMs: this.#machine.starvedMs });
      this.#tellReached();
    }
  }

  async #wait(stage: StageDeclaration, deadline: Deadline): Promise<boolean> {
    const { fatal } = this.#observation;
    const died = new Promise<'died'>((resolve) => {
      fatal.addEventListener('abort', () => resolve('died'), { once: true });
    });
    while (!this.#reached.has(stage) && !fatal.aborted) {
      const reached = new Promise<'reached'>((resolve) => {
        this.#tellReached = () => resolve('reached');
      });
      if ((await deadline.race([reached, died], 'late')) === 'late') break;
    }
    return this.#reached.has(stage);
  }

  /**
   * A stage that came, and came late, is a failure all the same: `within` is part of what was declared. Late is by the
   * guest's doing alone, not by the host's.
   */
  #judge(stage: StageDeclaration, marked: Marked | undefined): Pick<CaseOutcome, 'verdict' | 'notes'> & CrashFacts {
    const advice = [`it means: ${stage.means}`, `look at: ${stage.look}`];
    const signals = this.#observation.signals();
    const died = signals.panic || signals.guestPanicked || signals.end;
    if (died && !(marked && this.#hasLaterStage(marked.line))) {
      const { verdict } = judge({ ...signals, completion: { kind: 'cut-short' }, answers: undefined });
      const notes = marked ? [] : [`the stage "${stage.name}" was not reached`, ...advice];
      return { verdict, notes, ...crashFacts(signals) };
    }
    if (!marked)
      return {
        verdict: { kind: 'fail', reason: `"${stage.name}" was not reached within ${within(stage)}` },
        notes: advice,
      };
    const { line, starvedMs } = marked;
    if (line.atMs - starvedMs <= millis(stage.within)) return { verdict: { kind: 'pass' }, notes: [] };
    const late = `"${stage.name}" was reached after ${formatMillis(line.atMs)}, later than ${within(stage)}`;
    return { verdict: { kind: 'fail', reason: late }, notes: advice };
  }

  /** Whether something came after it: then the machine died later, and another stage will say so. */
  #hasLaterStage(line: Line): boolean {
    return [...this.#reached.values()].some((other) => other.line.atMs > line.atMs);
  }
}

function within(stage: StageDeclaration): string {
  return formatMillis(millis(stage.within));
}

function marks(marker: RegExp | string, text: string): boolean {
  return typeof marker === 'string' ? text.includes(marker) : text.search(marker) >= 0;
}
