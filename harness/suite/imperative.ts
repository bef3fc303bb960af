import type { ShellSession } from '../console/shell.ts';
import { EnvironmentError } from '../errors.ts';
import { bootWatched } from '../machine/boot-watched.ts';
import type { Machine } from '../machine/machine.ts';
import type { InterruptProfile } from '../trace/interrupt-count.ts';
import { Deadline, monotonicMs } from '../units.ts';
import { judge } from '../verdict/judge.ts';
import { describeStandstill } from '../verdict/standstill.ts';
import { type CaseOutcome, crashFacts, outcomeWithoutMachine } from './case-outcome.ts';
import type { Environment } from './environment.ts';
import { traceEvents } from './event-watch.ts';
import { HangWatch } from './hang-watch.ts';
import { InterruptWatch } from './interrupt-watch.ts';
import { Observation } from './observation.ts';
import { alwaysTraced, planMachine } from './plan.ts';
import type { TellProgress } from './progress.ts';
import { ramNotes } from './ram-signals.ts';
import { RamWatch } from './ram-watch.ts';
import { Seats } from './seats.ts';
import { settle } from './settle.ts';

/** A machine for a test that is written as code, or why there is none. */
export type BootedMachine =
  | {
      readonly kind: 'ready';
      readonly machine: Machine;
      readonly session: ShellSession | undefined;
      /** Aborted when the machine panics or ends: what was asked of it will not be answered. */
      readonly fatal: AbortSignal;
      /** What the kernel has taken since the test began; `undefined` where nobody can tell. */
      readonly interrupts: () => Promise<InterruptProfile | undefined>;
      /** Judges the test once it has ended. @param complaint What it failed with, if it did. */
      readonly judge: (complaint: string | undefined) => Promise<CaseOutcome>;
    }
  | { readonly kind: 'failed'; readonly outcome: CaseOutcome };

/**
 * The environment's machine: at its shell, cloned where that can be, when the target has one; else as it begins to boot.
 * @param tell Hears, for people, why machines are not cloned.
 * @param progress Hears of a machine that boots.
 */
export async function bootMachine(
  environment: Environment,
  root: string,
  tell: (notice: string) => void,
  progress: TellProgress,
): Promise<BootedMachine> {
  const { target } = environment;
  const plan = planMachine(environment, {}, root);
  try {
    const { shell } = target;
    const events = alwaysTraced(environment);
    if (!shell) {
      const { machine, watches: interrupts } = await bootWatched(plan, async (machine) => {
        const interrupts = new InterruptWatch(machine, target);
        if (events.length > 0) await traceEvents(machine, events);
        return interrupts;
      });
      return ready(machine, undefined, environment, interrupts);
    }
    const seat = await new Seats(environment, shell, 'clone').take(plan, tell, progress);
    if (seat.kind === 'failed') return seat;
    const { machine, session } = seat;
    const interrupts = await InterruptWatch.ofRunning(machine, target);
    if (events.length > 0) await traceEvents(machine, events).catch((error) => endAndThrow(machine, error));
    return ready(machine, session, environment, interrupts);
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { kind: 'failed', outcome: outcomeWithoutMachine({ kind: 'error', reason: error.message }) };
  }
}

async function endAndThrow(machine: Machine, error: unknown): Promise<never> {
  await machine.stop();
  throw error;
}

function ready(
  machine: Machine,
  session: ShellSession | undefined,
  { target }: Environment,
  interrupts: InterruptWatch,
): BootedMachine {
  const startedAt = monotonicMs();
  const observation = new Observation(machine, target, { tap: 'ignored' }, 'first line');
  const ramWatch = new RamWatch(machine);
  return {
    kind: 'ready',
    machine,
    session,
    fatal: observation.fatal,
    interrupts: () => interrupts.profile(),
    judge: async (complaint) => {
      using _ = observation;
      using _ram = ramWatch;
      using _interrupts = interrupts;
      if (observation.fatal.aborted) await settle(machine, observation);
      const signals = observation.signals();
      const said =
        complaint === undefined ? ({ kind: 'pass' } as const) : ({ kind: 'fail', reason: complaint } as const);
      // The test itself may end its machine: only a panic or a QEMU that failed outweighs what it says.
      const fatal = signals.panic || signals.guestPanicked || signals.end?.signal;
      const judgement = fatal
        ? judge({ ...signals, completion: { kind: 'cut-short' }, answers: undefined })
        : { verdict: said, subtests: [], notes: complaint === undefined ? [] : await standing(machine) };
      const ram = judgement.verdict.kind === 'pass' ? undefined : await ramWatch.read();
      const events = machine.tracer?.latest;
      if (judgement.verdict.kind !== 'pass') await events?.catchUp();
      const notes = [...judgement.notes, ...ramNotes(ram)];
      const profile = await interrupts.profile();
      const durationMs = monotonicMs() - startedAt;
      return {
        ...judgement,
        ...crashFacts(signals),
        interrupts: profile,
        notes,
        ram,
        traced: events?.tally.result,
        durationMs,
        stages: [],
        machine,
      };
    },
  };
}

/** What a machine was at when its test gave up on it, where that is nothing. */
async function standing(machine: Machine): Promise<string[]> {
  using watch = new HangWatch(machine);
  const completion = await watch.late(Deadline.after(0), 'the test');
  if (completion.kind === 'unanswered' || !completion.standstill) return [];
  return [`the machine: ${describeStandstill(completion.standstill)}`];
}
