import type { ShellSession } from '../console/shell.ts';
import type { CommandEnd } from '../console/shell-spec.ts';
import { DeclarationError, EnvironmentError } from '../errors.ts';
import { describeSlowdown } from '../evidence/probed-functions.ts';
import { beginProbes, type CountedCalls, readProbes } from '../evidence/read-probes.ts';
import { visibleLine } from '../lines/visible.ts';
import { Machine } from '../machine/machine.ts';
import type { MachineEnd } from '../machine/machine-end.ts';
import type { Environment } from '../suite/environment.ts';
import { placeProbes } from '../suite/place-probes.ts';
import { millis, planMachine } from '../suite/plan.ts';
import { Seats } from '../suite/seats.ts';
import type { ProbeReading } from '../trace/function-probes.ts';
import { Deadline, formatMillis, type Millis } from '../units.ts';
import { describeVerdict } from '../verdict/describe.ts';

export interface ProbeOptions {
  readonly environment: Environment;
  /** The project's root folder. */
  readonly root: string;
  /** Symbols and globs. */
  readonly probes: readonly string[];
  /** Typed at the target's shell; what it does is counted. Default: the boot is, from the first instruction on. */
  readonly command?: string | undefined;
  /** Default: as long as the target gives a command; a boot, until it ends or nobody wants to wait any more. */
  readonly within?: Millis | undefined;
  /** Asked when the counting begins. Once the signal comes, nobody wants to wait any more. */
  readonly interruption: () => AbortSignal;
  /** Hears what happens, for people. */
  readonly tell: (text: string) => void;
  /** Hears what has been counted so far, now and then. */
  readonly show: (progress: ProbeProgress) => void;
}

export interface ProbeProgress {
  readonly reading: ProbeReading;
  /** What the guest said last. */
  readonly lastLine: string;
}

export interface ProbedRun {
  readonly counted: CountedCalls;
  /** What ended the counting, for people: `` `forktest` ended with status 0 ``. */
  readonly ended: string;
  readonly lastLine: string;
}

const SHOWN_EVERY: Millis = 1_000;
/** To read what has been counted takes some milliseconds. */
const READ_WITHIN: Millis = 10_000;
const DEFAULT_TIMEOUT = '30s';

/**
 * Counts the calls of a kernel's functions while it boots or runs a command. Nothing of its machine is left then.
 * @throws DeclarationError for what cannot be probed, as findFunctions says.
 * @throws EnvironmentError when the machine does not start, or does not get to its shell.
 */
export async function probeMachine(options: ProbeOptions): Promise<ProbedRun> {
  const { environment, root, probes, command, tell } = options;
  const { target } = environment;
  if (command !== undefined && !target.shell)
    throw new DeclarationError(`${target.name} declares no shell: without --run, its boot is probed`);
  const { machine: plan } = await placeProbes(planMachine(environment, {}, root), {}, probes);
  const placed = plan.probes?.length ?? 0;
  tell(
    `probing ${placed} ${placed === 1 ? 'function' : 'functions'} of ${environment.id}; the guest runs ${describeSlowdown(placed)} slower than without`,
  );
  if (command === undefined || !target.shell) {
    await using machine = await Machine.boot(plan);
    return await counting(machine, options, (...until) => bootEnd(machine, ...until));
  }
  const seat = await new Seats(environment, target.shell, 'clone').take(plan, tell);
  if (seat.kind === 'failed') {
    await seat.outcome.machine?.stop();
    throw new EnvironmentError(
      `${environment.id} did not get to its shell: ${describeVerdict(seat.outcome.verdict)}. Without --run, its boot is probed.`,
    );
  }
  await using machine = seat.machine;
  await beginProbes(machine, Deadline.after(READ_WITHIN));
  return await counting(machine, options, (...until) => commandEnd(seat.session, command, ...until));
}

/** @param wait Resolves to what ended the wait. */
async function counting(
  machine: Machine,
  { environment, command, within, interruption, show }: ProbeOptions,
  wait: (deadline: Deadline, interrupted: AbortSignal) => Promise<string>,
): Promise<ProbedRun> {
  const timeout =
    command === undefined ? Number.MAX_SAFE_INTEGER : millis(environment.target.timeout ?? DEFAULT_TIMEOUT);
  const timer = setInterval(() => {
    if (machine.probes) show({ reading: machine.probes.read(), lastLine: lastLineOf(machine) });
  }, SHOWN_EVERY);
  try {
    const ended = await wait(machine.deadlineAfter(within ?? timeout), interruption());
    const counted = await readProbes(machine, Deadline.after(READ_WITHIN));
    if (!counted) throw new TypeError('a machine with probes has none');
    return { counted, ended, lastLine: lastLineOf(machine) };
  } finally {
    clearInterval(timer);
  }
}

async function bootEnd(machine: Machine, deadline: Deadline, interrupted: AbortSignal): Promise<string> {
  const cut = new Promise<string>((resolve) => {
    const stop = (): void => resolve('stopped');
    if (interrupted.aborted) stop();
    else interrupted.addEventListener('abort', stop, { once: true });
  });
  const end = machine.ended.then(describeEnd);
  return deadline.race([cut, end], `stopped after ${formatMillis(deadline.budget)}`);
}

async function commandEnd(
  session: ShellSession,
  command: string,
  deadline: Deadline,
  interrupted: AbortSignal,
): Promise<string> {
  const outcome = await session.run(command, { deadline, signal: interrupted });
  return `\`${command}\` ${describeCommandEnd(outcome, deadline)}`;
}

function describeCommandEnd(outcome: CommandEnd, deadline: Deadline): string {
  switch (outcome.kind) {
    case 'finished':
      return outcome.status === undefined ? 'ended' : `ended with status ${outcome.status}`;
    case 'timeout':
      return `had not ended after ${formatMillis(deadline.budget)}`;
    case 'aborted':
      return 'was running when it was stopped';
    case 'closed':
      return 'was running when the machine ended';
    case 'no-status':
    case 'wants-more-input':
    case 'rejected':
      return 'was not run by the shell';
    default:
      return outcome satisfies never;
  }
}

function describeEnd({ shutdown, exitCode, signal }: MachineEnd): string {
  if (shutdown) return `the machine ended (${shutdown.reason})`;
  return `QEMU ended ${signal ? `by ${signal}` : `with status ${exitCode}`}`;
}

function lastLineOf({ consoles }: Machine): string {
  const [last] = consoles
    .map((console) => console.lastLine)
    .filter((line) => line !== undefined)
    .sort((a, b) => b.atMs - a.atMs);
  return visibleLine(last?.text ?? '', 120);
}
