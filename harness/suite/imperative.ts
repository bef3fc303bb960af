import type { ShellSession } from '../console/shell.ts';
import { EnvironmentError } from '../errors.ts';
import { Machine } from '../machine/machine.ts';
import { monotonicMs } from '../units.ts';
import { judge } from '../verdict/judge.ts';
import { type CaseOutcome, outcomeWithoutMachine } from './case-outcome.ts';
import type { Environment } from './environment.ts';
import { Observation } from './observation.ts';
import { bootBudget, planMachine } from './plan.ts';
import { bootToShell } from './seat.ts';
import { settle } from './settle.ts';

/** A machine for a test that is written as code, or why there is none. */
export type BootedMachine =
  | {
      readonly kind: 'ready';
      readonly machine: Machine;
      readonly session: ShellSession | undefined;
      /** Aborted when the machine panics or ends: what was asked of it will not be answered. */
      readonly fatal: AbortSignal;
      /** Judges the test once it has ended. @param complaint What it failed with, if it did. */
      readonly judge: (complaint: string | undefined) => Promise<CaseOutcome>;
    }
  | { readonly kind: 'failed'; readonly outcome: CaseOutcome };

/** Boots the environment's machine, up to its shell where the target has one. */
export async function bootMachine(environment: Environment, root: string): Promise<BootedMachine> {
  const { target } = environment;
  const plan = planMachine(environment, {}, root);
  try {
    if (!target.shell) return ready(await Machine.boot(plan), undefined, environment);
    const seat = await bootToShell(plan, target, target.shell, bootBudget(environment));
    return seat.kind === 'ready' ? ready(seat.machine, seat.session, environment) : seat;
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    return { kind: 'failed', outcome: outcomeWithoutMachine({ kind: 'error', reason: error.message }) };
  }
}

function ready(machine: Machine, session: ShellSession | undefined, { target }: Environment): BootedMachine {
  const startedAt = monotonicMs();
  const observation = new Observation(machine, target.panics ?? [], { tap: 'ignored' }, 'first line');
  return {
    kind: 'ready',
    machine,
    session,
    fatal: observation.fatal,
    judge: async (complaint) => {
      using _ = observation;
      if (observation.fatal.aborted) await settle(machine);
      const signals = observation.signals();
      const said =
        complaint === undefined ? ({ kind: 'pass' } as const) : ({ kind: 'fail', reason: complaint } as const);
      // The test itself may end its machine: only a panic or a QEMU that failed outweighs what it says.
      const fatal = signals.panic || signals.guestPanicked || signals.end?.signal;
      const judgement = fatal
        ? judge({ ...signals, completion: { kind: 'cut-short' }, answers: undefined })
        : { verdict: said, subtests: [], notes: [] };
      return { ...judgement, durationMs: monotonicMs() - startedAt, stages: [], machine };
    },
  };
}
