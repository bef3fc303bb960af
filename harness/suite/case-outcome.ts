import type { CountedCalls } from '../evidence/read-probes.ts';
import type { Machine } from '../machine/machine.ts';
import type { TypedCommand } from '../machine/typed-command.ts';
import type { TracedEvents } from '../trace/events/event-tally.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import type { InterruptProfile } from '../trace/interrupt-count.ts';
import type { PostCode } from '../trace/post-codes.ts';
import type { Millis } from '../units.ts';
import type { Judgement } from '../verdict/judge.ts';
import type { CaseSignals } from '../verdict/signals.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Environment } from './environment.ts';

/** A judged case, and the machine it ran on while that can still be asked. */
export interface CaseOutcome extends Judgement, CrashFacts {
  readonly durationMs: Millis;
  /** Boot stages reached, since the machine was spawned. */
  readonly stages: readonly ReachedStage[];
  /** The codes that a boot wrote to its debug port; of a boot with several cases, those since the case before. Default: none. */
  readonly postCodes?: readonly PostCode[];
  /** What the kernel took from the case's begin to its end. Absent: nobody can tell, or nobody looked. */
  readonly interrupts?: InterruptProfile | undefined;
  /** What was in the guest's RAM at the end. Absent: nothing is laid out, or nobody looked. */
  readonly ram?: GuestRam | undefined;
  /** The trace events that were on. Absent: none were. */
  readonly traced?: TracedEvents | undefined;
  /** What its function probes counted. Absent: there were none, or nobody looked. */
  readonly calls?: CountedCalls | undefined;
  /** `undefined` when the case needed none, or none could be started. */
  readonly machine: Machine | undefined;
  /** What was typed at its shell; absent when nothing was, or several things were. */
  readonly typed?: TypedCommand;
}

/** What was seen of a crash besides its verdict: `undefined` where there was none, or it was not seen. */
export type CrashFacts = Partial<Pick<CaseSignals, 'panic' | 'cascade'>>;

export interface ReachedStage {
  readonly name: string;
  readonly atMs: Millis;
}

export function crashFacts({ panic, cascade }: CrashFacts): CrashFacts {
  return { panic, cascade };
}

export function outcomeWithoutMachine(verdict: Verdict, notes: readonly string[] = []): CaseOutcome {
  return { verdict, subtests: [], notes, durationMs: 0, stages: [], machine: undefined };
}

/** Whether something of a case that was run stays in its evidence folder: that of one that passed only where it is asked for. */
export function hasEvidence(
  { verdict, machine }: Pick<CaseOutcome, 'verdict' | 'machine'>,
  { keepInterrupts }: Pick<Environment, 'keepInterrupts'>,
): boolean {
  if (verdict.kind !== 'pass' && verdict.kind !== 'skip') return true;
  return keepInterrupts === 'all' && machine?.interruptLog !== undefined;
}
