import { openShell, type ShellSession } from '../console/shell.ts';
import type { Machine } from '../machine/machine.ts';
import type { Millis } from '../units.ts';
import { judge } from '../verdict/judge.ts';
import { type CaseOutcome, crashFacts } from './case-outcome.ts';
import type { ShellDeclaration, TargetDeclaration } from './declaration.ts';
import { HangWatch } from './hang-watch.ts';
import { notesOnWaiting } from './notes-on-waiting.ts';
import { Observation } from './observation.ts';
import type { TellProgress } from './progress.ts';
import { ramNotes } from './ram-signals.ts';
import { RamWatch } from './ram-watch.ts';
import { settle } from './settle.ts';
import { refuseSilentLauncher } from './silent-launcher.ts';

/** A booted machine with a shell that answered. */
export interface Seat {
  readonly machine: Machine;
  readonly session: ShellSession;
}

export type SeatOutcome =
  | ({ readonly kind: 'ready' } & Seat)
  | { readonly kind: 'failed'; readonly outcome: CaseOutcome };

/**
 * Brings a machine up to its shell.
 * @param start Starts it.
 * @throws EnvironmentError when the machine cannot be started at all.
 */
export async function bootToShell(
  start: () => Promise<Machine>,
  target: TargetDeclaration,
  shell: ShellDeclaration,
  within: Millis,
  progress: TellProgress,
): Promise<SeatOutcome> {
  const machine = await start();
  progress('booting', machine);
  using ramWatch = new RamWatch(machine);
  const deadline = machine.deadlineSinceSpawn(within);
  using observation = new Observation(machine, target, {}, 'first line');
  using watch = new HangWatch(machine);
  const signal = AbortSignal.any([observation.fatal, watch.certain]);
  const opened = await openShell(machine.console, shell, deadline, [], signal);
  if (opened.kind === 'open') return { kind: 'ready', machine, session: opened.session };
  const waitingFor = 'the shell prompt after boot';
  const completion = opened.kind === 'timeout' ? await watch.late(deadline, waitingFor) : watch.cut(waitingFor);
  await settle(machine, observation);
  await refuseSilentLauncher(machine);
  const ram = completion.kind === 'unanswered' ? undefined : await ramWatch.read();
  const signals = observation.signals();
  const judgement = judge({ ...signals, completion, answers: undefined });
  const notes = [...judgement.notes, ...notesOnWaiting(judgement.verdict, deadline), ...ramNotes(ram)];
  const outcome = {
    ...judgement,
    ...crashFacts(signals),
    ram,
    notes,
    durationMs: deadline.elapsed,
    stages: [],
    machine,
  };
  return { kind: 'failed', outcome };
}
