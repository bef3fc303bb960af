import { beginProbes, type CountedCalls, readProbes } from '../evidence/read-probes.ts';
import type { Machine } from '../machine/machine.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import { type InterruptTotal, profileOf } from '../trace/interrupt-count.ts';
import { Deadline, type Millis } from '../units.ts';
import type { CaseSignals, Completion } from '../verdict/signals.ts';
import type { CaseOutcome } from './case-outcome.ts';
import type { TargetDeclaration } from './declaration.ts';
import { type EventWatch, watchEvents } from './event-watch.ts';
import { ownCalls, unmetExpectations } from './expected-calls.ts';
import { InterruptWatch } from './interrupt-watch.ts';
import type { Judged } from './plan.ts';
import { ramNotes, ramSignals } from './ram-signals.ts';
import { RamWatch } from './ram-watch.ts';

/** To read what probes have counted takes some milliseconds. */
const COUNTED_WITHIN: Millis = 10_000;

type Watched = Pick<Judged, 'results' | 'interrupts' | 'events' | 'expectedCalls'>;

/** What a case did besides what it printed. */
export interface Findings {
  /** What a verdict may rest on. */
  readonly signals: Pick<CaseSignals, 'table' | 'violations' | 'interrupts' | 'unmetEvents' | 'unmetCalls'>;
  /** What results and evidence keep. */
  readonly facts: Pick<CaseOutcome, 'ram' | 'interrupts' | 'traced' | 'calls'>;
  readonly notes: readonly string[];
}

/** Watches what one case does to its machine besides printing: interrupts, trace events, RAM, calls of functions. */
export class CaseFindings implements Disposable {
  readonly #machine: Machine;
  readonly #watched: Watched;
  readonly #interrupts: InterruptWatch;
  readonly #events: EventWatch;
  readonly #ram: RamWatch;
  readonly #ramBefore: GuestRam | undefined;
  #calls: CountedCalls | undefined;

  private constructor(
    machine: Machine,
    watched: Watched,
    watches: { interrupts: InterruptWatch; events: EventWatch; ram: RamWatch; ramBefore?: GuestRam | undefined },
  ) {
    this.#machine = machine;
    this.#watched = watched;
    this.#interrupts = watches.interrupts;
    this.#events = watches.events;
    this.#ram = watches.ram;
    this.#ramBefore = watches.ramBefore;
  }

  /**
   * Of a machine that has not run yet.
   * @throws DeclarationError, EnvironmentError as {@link watchEvents}.
   */
  static async ofBoot(machine: Machine, watched: Watched, target: TargetDeclaration): Promise<CaseFindings> {
    const interrupts = new InterruptWatch(machine, target);
    const events = await watchEvents(machine, watched.events);
    return new CaseFindings(machine, watched, { interrupts, events, ram: new RamWatch(machine) });
  }

  /** From now on, of a machine that runs; throws as {@link ofBoot}. */
  static async ofRunning(machine: Machine, watched: Watched, target: TargetDeclaration): Promise<CaseFindings> {
    const interrupts = await InterruptWatch.ofRunning(machine, target);
    const ram = new RamWatch(machine);
    try {
      const ramBefore = watched.results.table === undefined ? undefined : await ram.peek();
      // It stops the machine for a moment, which is no event of the case's.
      await beginProbes(machine, Deadline.after(COUNTED_WITHIN));
      const events = await watchEvents(machine, watched.events);
      return new CaseFindings(machine, watched, { interrupts, events, ram, ramBefore });
    } catch (error) {
      interrupts[Symbol.dispose]();
      ram[Symbol.dispose]();
      throw error;
    }
  }

  /** What the machine does from now on is not the case's doing. */
  async close(): Promise<void> {
    await this.#events.end();
    await this.#interrupts.read();
    this.#calls = await this.#readCalls();
  }

  /**
   * All that was found, once the case is over.
   * @param completion Of a machine that does not answer only what it has told by itself is known.
   */
  async read({ kind }: Pick<Completion, 'kind'>): Promise<Findings> {
    const answers = kind !== 'unanswered';
    if (answers) await this.#events.end();
    const ram = answers ? await this.#ram.read() : undefined;
    const calls = this.#calls ?? (answers ? await this.#readCalls() : undefined);
    const totals = await this.#interrupts.read();
    const { results, expectedCalls = [] } = this.#watched;
    const unmetCalls = unmetExpectations(expectedCalls, calls);
    const own = expectedCalls.length > 0 ? ownCalls(expectedCalls, calls) : undefined;
    const { traced, unmet = [] } = this.#events.findings;
    return {
      signals: {
        ...ramSignals(ram, results.table, this.#ramBefore),
        ...interruptSignal(this.#watched, totals),
        unmetEvents: unmet,
        unmetCalls,
      },
      facts: { ram, interrupts: totals && profileOf(totals), traced, calls: own },
      notes: [...ramNotes(ram), ...(unmetCalls.length > 0 ? [] : (own?.problems ?? []))],
    };
  }

  [Symbol.dispose](): void {
    this.#interrupts[Symbol.dispose]();
    this.#ram[Symbol.dispose]();
  }

  #readCalls(): Promise<CountedCalls | undefined> {
    return readProbes(this.#machine, Deadline.after(COUNTED_WITHIN));
  }
}

/** @param totals `undefined` where nobody can tell. */
function interruptSignal(
  { interrupts: expected }: Watched,
  totals: readonly InterruptTotal[] | undefined,
): Pick<CaseSignals, 'interrupts'> {
  return expected ? { interrupts: { expected, totals } } : {};
}
