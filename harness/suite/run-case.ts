import { describeSlowdown } from '../evidence/probed-functions.ts';
import { bootWatched } from '../machine/boot-watched.ts';
import type { Machine } from '../machine/machine.ts';
import type { Deadline, Millis } from '../units.ts';
import { judge } from '../verdict/judge.ts';
import type { Completion } from '../verdict/signals.ts';
import { CaseFindings, type Findings } from './case-findings.ts';
import { type CaseOutcome, crashFacts } from './case-outcome.ts';
import type { TargetDeclaration } from './declaration.ts';
import { HangWatch } from './hang-watch.ts';
import { notesOnWaiting } from './notes-on-waiting.ts';
import { Observation } from './observation.ts';
import type { CasePlan } from './plan.ts';
import type { TellProgress } from './progress.ts';
import type { Seat } from './seat.ts';
import { settle } from './settle.ts';
import { refuseSilentLauncher } from './silent-launcher.ts';

/** After a command, an idle shell answers at once; a loaded host may take its time. */
const ANSWERS_WITHIN: Millis = 10_000;

/** Runs one command on a booted machine and judges it. The machine is left as the case left it. */
export async function runCommand(
  plan: Extract<CasePlan, { kind: 'run' }>,
  { machine, session }: Seat,
  target: TargetDeclaration,
): Promise<CaseOutcome> {
  using watched = await CaseFindings.ofRunning(machine, plan, target);
  const deadline = machine.deadlineAfter(plan.timeoutMs);
  const { console } = machine;
  using observation = new Observation(machine, target, plan.results, 'next line', console);
  using watch = new HangWatch(machine);
  const hear = observation.hearing();
  const signal = AbortSignal.any([observation.fatal, watch.certain]);
  const ended = await session.run(plan.command, { deadline, hear, signal });
  const after = console.nextIndex;
  // The shell is yet to be asked whether it still answers.
  if (ended.kind === 'finished') await watched.close();
  const completion = await completionOf(ended, plan, { machine, session }, target, deadline, watch);
  const answers =
    completion.kind === 'command-ended' ? await session.alive(machine.deadlineAfter(ANSWERS_WITHIN)) : undefined;
  const lookAfterwards = () => {
    for (const line of console.since(after)) observation.watchForPanic(line);
  };
  lookAfterwards();
  if (completion.kind === 'cut-short' || observation.fatal.aborted) await settle(machine, observation);
  lookAfterwards();
  // A command may tell its result through the exit device, which ends the machine.
  const meantToEnd =
    completion.kind === 'cut-short' && plan.results.qemuExit !== undefined && machine.end !== undefined;
  const completed: Completion = meantToEnd ? { kind: 'machine-ended' } : completion;
  const judged = outcome(machine, observation, completed, answers, deadline, await watched.read(completion));
  const { shell } = target;
  return shell
    ? { ...judged, typed: { command: plan.command, prompt: shell.prompt, enter: shell.enter ?? '\n' } }
    : judged;
}

type CommandOutcome = Awaited<ReturnType<Seat['session']['run']>>;

async function completionOf(
  ended: CommandOutcome,
  { command, results }: Extract<CasePlan, { kind: 'run' }>,
  { machine, session }: Seat,
  target: TargetDeclaration,
  deadline: Deadline,
  watch: HangWatch,
): Promise<Completion> {
  const waitingFor = `\`${command}\` to end`;
  switch (ended.kind) {
    case 'finished': {
      const program = programOf(command);
      const unknown = target.shell?.missing;
      if (unknown && ended.output.some((line) => line.text.search(unknown) >= 0))
        return { kind: 'no-such-program', program };
      if (
        ended.status === COMMAND_NOT_FOUND &&
        (await session.exists(program, machine.deadlineAfter(ANSWERS_WITHIN))) === false
      )
        return { kind: 'no-such-program', program };
      const status = results.exitStatus === false ? undefined : ended.status;
      return { kind: 'command-ended', command, status };
    }
    case 'no-status':
      return { kind: 'command-not-run', command, why: 'the prompt came back without an exit status (a syntax error?)' };
    case 'wants-more-input':
      return {
        kind: 'command-not-run',
        command,
        why: 'the shell waits for more input (an unbalanced quote or bracket?)',
      };
    case 'timeout':
      return watch.late(deadline, waitingFor);
    case 'rejected':
    case 'closed':
    case 'aborted':
      return watch.cut(waitingFor);
    default:
      return ended satisfies never;
  }
}

/** What POSIX shells answer for a program that they cannot find (POSIX.1-2017, Shell, 2.8.2). */
const COMMAND_NOT_FOUND = 127;

/** The program that a shell command starts with, assignments before it left out. */
export function programOf(command: string): string {
  return /^\s*(?:[A-Za-z_]\w*=\S*\s+)*([^\s;&|<>(){}]+)/.exec(command)?.[1] ?? command;
}

/**
 * Boots a machine of the case's own, lets it run to its end, and judges it.
 * @throws EnvironmentError when the machine cannot be started at all.
 */
export async function runBoot(
  plan: Extract<CasePlan, { kind: 'boot' }>,
  target: TargetDeclaration,
  progress: TellProgress,
): Promise<CaseOutcome> {
  const { machine, watches } = await bootWatched(plan.machine, (machine) => CaseFindings.ofBoot(machine, plan, target));
  using watched = watches;
  progress('running', machine);
  const deadline = machine.deadlineSinceSpawn(plan.timeoutMs);
  using observation = new Observation(machine, target, plan.results, 'first line');
  using watch = new HangWatch(machine);
  const completion = await waitForEnd(machine, observation, deadline, watch);
  if (completion.kind !== 'machine-ended') await settle(machine, observation);
  else await refuseSilentLauncher(machine);
  return {
    ...outcome(machine, observation, completion, undefined, deadline, await watched.read(completion)),
    ...(machine.ports ? { postCodes: machine.ports.codes } : {}),
  };
}

async function waitForEnd(
  machine: Machine,
  observation: Observation,
  deadline: Deadline,
  watch: HangWatch,
): Promise<Completion> {
  const waitingFor = 'the guest to end';
  const signal = AbortSignal.any([observation.fatal, watch.certain]);
  const cut = new Promise<Completion>((resolve) => {
    const abort = () => resolve(machine.end ? { kind: 'machine-ended' } : watch.cut(waitingFor));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  const decided = observation.caseDecided.then((): Completion => ({ kind: 'case-line' }));
  const first = await deadline.race([cut, decided], 'late' as const);
  return first === 'late' ? watch.late(deadline, waitingFor) : first;
}

function outcome(
  machine: Machine,
  observation: Observation,
  completion: Completion,
  answers: boolean | undefined,
  deadline: Deadline,
  found: Findings,
): CaseOutcome {
  const signals = { ...observation.signals(), ...found.signals };
  const judgement = judge({ ...signals, completion, answers });
  const notes = [
    ...judgement.notes,
    ...notesOnWaiting(judgement.verdict, deadline),
    ...(machine.plan.probes && judgement.verdict.kind === 'timeout' ? [noteOnProbes(machine.plan.probes.length)] : []),
    ...found.notes,
  ];
  return {
    ...judgement,
    ...crashFacts(signals),
    ...found.facts,
    notes,
    durationMs: deadline.elapsed,
    stages: [],
    machine,
  };
}

function noteOnProbes(functions: number): string {
  return `function probes were on, and make the guest ${describeSlowdown(functions)} slower: without them it may be in time`;
}
