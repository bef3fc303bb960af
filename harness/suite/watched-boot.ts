import type { DebugPort } from '../arch/debug-port.ts';
import type { Line } from '../lines/line.ts';
import { bootWatched } from '../machine/boot-watched.ts';
import type { Machine } from '../machine/machine.ts';
import type { InterruptTotal } from '../trace/interrupt-count.ts';
import type { PostCode } from '../trace/post-codes.ts';
import { type Deadline, formatMillis, type Millis, monotonicMs } from '../units.ts';
import { expectationClaims } from '../verdict/claims.ts';
import type { InterruptExpectation } from '../verdict/interrupt-expectation.ts';
import { judge } from '../verdict/judge.ts';
import { worst } from '../verdict/severity.ts';
import { describeStandstill } from '../verdict/standstill.ts';
import type { HangKind } from '../verdict/verdict.ts';
import { type CaseOutcome, type CrashFacts, crashFacts } from './case-outcome.ts';
import type { BootStagesDeclaration, StageDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { type EventWatch, watchEvents } from './event-watch.ts';
import { HangWatch } from './hang-watch.ts';
import { InterruptWatch } from './interrupt-watch.ts';
import { expectedInterrupts } from './interrupt-words.ts';
import { Observation } from './observation.ts';
import { eventsOf, millis, planMachine } from './plan.ts';
import { ramNotes } from './ram-signals.ts';
import { RamWatch } from './ram-watch.ts';
import { settle } from './settle.ts';
import { refuseSilentLauncher } from './silent-launcher.ts';

const SLEEPING: ReadonlySet<HangKind> = new Set(['halted', 'idle']);

/** What ended the wait for a stage that did not come. */
type MissedBy = ReturnType<HangWatch['cut']> | Awaited<ReturnType<HangWatch['late']>>;

/** The line or code that marked a stage. */
interface Marked {
  /** Since the machine was spawned. */
  readonly atMs: Millis;
  /** {@link Machine.starvedMs} when it came. */
  readonly starvedMs: Millis;
  /** What the kernel had taken when it was seen; absent where nothing is expected of it. */
  readonly interrupts?: Promise<readonly InterruptTotal[] | undefined>;
}

/** What is watched from the machine's first instruction. */
interface Watches {
  readonly interrupts: InterruptWatch;
  readonly events: EventWatch;
}

/** A booting machine, and when it reached each of the stages. */
export class WatchedBoot implements AsyncDisposable {
  readonly #machine: Machine;
  readonly #observation: Observation;
  readonly #interrupts: InterruptWatch;
  readonly #events: EventWatch;
  readonly #expected: ReadonlyMap<StageDeclaration, InterruptExpectation>;
  readonly #ram: RamWatch;
  readonly #reached = new Map<StageDeclaration, Marked>();
  readonly #stops: (() => void)[];
  #tellReached: () => void = () => {};
  #toldCodes = 0;

  private constructor(
    machine: Machine,
    observation: Observation,
    { interrupts, events }: Watches,
    stages: readonly StageDeclaration[],
    expected: ReadonlyMap<StageDeclaration, InterruptExpectation>,
  ) {
    this.#machine = machine;
    this.#observation = observation;
    this.#interrupts = interrupts;
    this.#events = events;
    this.#expected = expected;
    this.#ram = new RamWatch(machine);
    const accept = (line: Line) => this.#accept(line, stages);
    for (const console of machine.consoles) console.since(0).forEach(accept);
    this.#stops = machine.consoles.map((console) => console.subscribe({ accept }));
    const take = (code: PostCode) => this.#take(code, stages);
    machine.ports?.codes.forEach(take);
    if (machine.ports) this.#stops.push(machine.ports.subscribe(take));
  }

  static async start(environment: Environment, declared: BootStagesDeclaration, root: string): Promise<WatchedBoot> {
    const ports: DebugPort[] = declared.stages.some(({ postCode }) => postCode !== undefined) ? ['post'] : [];
    const { target } = environment;
    const plan = planMachine(environment, declared.machine ?? {}, root, { ports });
    const expected = new Map(
      declared.stages.flatMap((stage) => {
        const interrupts = expectedInterrupts(environment, {}, stage, plan.source.kind);
        return interrupts ? [[stage, interrupts] as const] : [];
      }),
    );
    const expectedEvents = eventsOf(environment, { machine: declared.machine ?? {} }, declared);
    const { machine, watches } = await bootWatched(plan, async (machine) => ({
      interrupts: new InterruptWatch(machine, target),
      events: await watchEvents(machine, expectedEvents),
    }));
    const observation = new Observation(machine, target, { tap: 'ignored' }, 'first line');
    return new WatchedBoot(machine, observation, watches, declared.stages, expected);
  }

  get machine(): Machine {
    return this.#machine;
  }

  /** @throws EnvironmentError when the machine turns out not to have been started at all. */
  async reach(stage: StageDeclaration, last: boolean): Promise<CaseOutcome> {
    const startedAt = monotonicMs();
    const missed = await this.#wait(stage, this.#machine.deadlineSinceSpawn(millis(stage.within)));
    // A panic just after the marker, or the rest of one that came instead of it.
    if (last || missed) await settle(this.#machine, this.#observation);
    await refuseSilentLauncher(this.#machine);
    const marked = this.#reached.get(stage);
    const reached = this.#judge(stage, marked, missed);
    const judged = reached.verdict.kind === 'pass' ? await this.#judgeRest(stage, marked, last) : reached;
    const isAsked = judged.verdict.kind !== 'pass' && missed?.kind !== 'unanswered';
    const ram = isAsked ? await this.#ram.read() : undefined;
    if (isAsked) await this.#events.catchUp();
    return {
      ...judged,
      notes: [...judged.notes, ...ramNotes(ram)],
      ram,
      traced: this.#events.findings.traced,
      subtests: [],
      durationMs: monotonicMs() - startedAt,
      stages: marked ? [{ name: stage.name, atMs: Math.round(marked.atMs) }] : [],
      ...this.#newCodes(),
      ...(last ? { interrupts: await this.#interrupts.profile() } : {}),
      machine: this.#machine,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops) stop();
    this.#observation[Symbol.dispose]();
    this.#interrupts[Symbol.dispose]();
    this.#ram[Symbol.dispose]();
    await this.#machine.stop();
  }

  #accept({ text, atMs }: Line, stages: readonly StageDeclaration[]): void {
    for (const stage of stages) if (stage.marker !== undefined && marks(stage.marker, text)) this.#mark(stage, atMs);
  }

  #take({ code, atMs }: PostCode, stages: readonly StageDeclaration[]): void {
    for (const stage of stages) if (stage.postCode === code) this.#mark(stage, atMs);
  }

  #mark(stage: StageDeclaration, atMs: Millis): void {
    if (this.#reached.has(stage)) return;
    const interrupts = this.#expected.has(stage) ? this.#interrupts.peek() : undefined;
    this.#reached.set(stage, { atMs, starvedMs: this.#machine.starvedMs, ...(interrupts ? { interrupts } : {}) });
    this.#tellReached();
  }

  /** The codes that no stage before has told of. */
  #newCodes(): Pick<CaseOutcome, 'postCodes'> {
    const { ports } = this.#machine;
    if (!ports) return {};
    const told = this.#toldCodes;
    this.#toldCodes = ports.codes.length;
    return { postCodes: ports.codes.slice(told) };
  }

  /** @returns why the stage was not reached in time; `undefined` when it was. */
  async #wait(stage: StageDeclaration, deadline: Deadline): Promise<MissedBy | undefined> {
    const waitingFor = `the stage "${stage.name}"`;
    using watch = new HangWatch(this.#machine);
    const over = AbortSignal.any([this.#observation.fatal, watch.certain]);
    const cut = new Promise<'cut'>((resolve) => {
      over.addEventListener('abort', () => resolve('cut'), { once: true });
    });
    while (!this.#reached.has(stage) && !over.aborted) {
      const reached = new Promise<'reached'>((resolve) => {
        this.#tellReached = () => resolve('reached');
      });
      if ((await deadline.race([reached, cut], 'late')) === 'late') return watch.late(deadline, waitingFor);
    }
    return this.#reached.has(stage) ? undefined : watch.cut(waitingFor);
  }

  /**
   * A stage that came, and came late, is a failure all the same: `within` is part of what was declared. Late is by the
   * guest's doing alone, not by the host's.
   */
  #judge(
    stage: StageDeclaration,
    marked: Marked | undefined,
    missed: MissedBy | undefined,
  ): Pick<CaseOutcome, 'verdict' | 'notes'> & CrashFacts {
    const advice = [`it means: ${stage.means}`, `look at: ${stage.look}`];
    const signals = this.#observation.signals();
    const died = signals.panic || signals.guestPanicked || signals.end;
    if (died && !(marked && this.#hasLaterStage(marked))) {
      const { verdict } = judge({ ...signals, completion: { kind: 'cut-short' }, answers: undefined });
      const notes = marked ? [] : [`the stage "${stage.name}" was not reached`, ...advice];
      return { verdict, notes, ...crashFacts(signals) };
    }
    if (!marked) {
      const { verdict } = judge({ ...signals, completion: missed ?? { kind: 'cut-short' }, answers: undefined });
      // One that sleeps may have booted well, and said something else.
      const sleeps = verdict.kind === 'hang' && missed?.kind === 'deadline' && SLEEPING.has(verdict.how);
      if (verdict.kind === 'hang' && !sleeps) return { verdict, notes: advice };
      const reason = `"${stage.name}" was not reached within ${within(stage)}`;
      return {
        verdict: { kind: 'fail', reason },
        notes: [...(sleeps ? [describeStandstill(verdict)] : []), ...advice],
      };
    }
    const { atMs, starvedMs } = marked;
    if (atMs - starvedMs <= millis(stage.within)) return { verdict: { kind: 'pass' }, notes: [] };
    const late = `"${stage.name}" was reached after ${formatMillis(atMs)}, later than ${within(stage)}`;
    return { verdict: { kind: 'fail', reason: late }, notes: advice };
  }

  /** A stage that was reached is judged by what is expected of the machine besides. */
  async #judgeRest(
    stage: StageDeclaration,
    marked: Marked | undefined,
    last: boolean,
  ): Promise<Pick<CaseOutcome, 'verdict' | 'notes'>> {
    const expected = this.#expected.get(stage);
    if (last) await this.#events.catchUp();
    const claims = expectationClaims({
      ...(expected ? { interrupts: { expected, totals: await marked?.interrupts } } : {}),
      unmetEvents: (last && this.#events.findings.unmet) || [],
    });
    const verdict = worst(claims.map((claim) => claim.verdict));
    return verdict
      ? { verdict, notes: [`it means: ${stage.means}`, `look at: ${stage.look}`] }
      : { verdict: { kind: 'pass' }, notes: [] };
  }

  /** Whether something came after it: then the machine died later, and another stage will say so. */
  #hasLaterStage({ atMs }: Marked): boolean {
    return [...this.#reached.values()].some((other) => other.atMs > atMs);
  }
}

function within(stage: StageDeclaration): string {
  return formatMillis(millis(stage.within));
}

function marks(marker: RegExp | string, text: string): boolean {
  return typeof marker === 'string' ? text.includes(marker) : text.search(marker) >= 0;
}
