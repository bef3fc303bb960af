import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { linux } from '../../fixtures/linux/target.ts';
import type { Arch } from '../arch/archs.ts';
import type { ShellSession } from '../console/shell.ts';
import { EnvironmentError } from '../errors.ts';
import type { MachinePlan } from '../machine/plan.ts';
import type { ShellDeclaration } from '../suite/declaration.ts';
import { type Environment, listEnvironments } from '../suite/environment.ts';
import { planMachine } from '../suite/plan.ts';
import type { Seat, SeatOutcome } from '../suite/seat.ts';
import { Deadline, type Millis } from '../units.ts';

/** The repository, which is one folder further from what is built of this file. */
export const repository = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../..' : '../../..', import.meta.url),
);

/** No benchmark waits for ever. */
const ANSWERS_WITHIN: Millis = 60_000;

/** The Linux that everything is measured with. */
export interface BenchLinux {
  readonly environment: Environment;
  readonly shell: ShellDeclaration;
  readonly plan: MachinePlan;
}

export function linuxOn(arch: Arch): BenchLinux {
  const environment = listEnvironments({ targets: [linux] }).find((candidate) => candidate.arch === arch);
  if (!environment?.target.shell) throw new TypeError(`the Linux fixture has no image with a shell for ${arch}`);
  return { environment, shell: environment.target.shell, plan: planMachine(environment, {}, path.resolve(repository)) };
}

/** @throws EnvironmentError when the machine did not get to its shell. */
export function requireReady(outcome: SeatOutcome): Seat {
  if (outcome.kind === 'ready') return outcome;
  const { verdict } = outcome.outcome;
  throw new EnvironmentError(`Linux did not get to its shell: ${JSON.stringify(verdict)}`);
}

/** Runs a command that does nothing: it is answered once the machine works. @throws EnvironmentError when it is not. */
export async function answerOnce(session: ShellSession): Promise<void> {
  const outcome = await session.run('true', { deadline: Deadline.after(ANSWERS_WITHIN) });
  if (outcome.kind === 'finished' && outcome.status === 0) return;
  throw new EnvironmentError(`\`true\` in the guest was answered by ${JSON.stringify(outcome)}`);
}

/** A machine that is booted where a clone was to be measured would be measured as one. */
export function refuseNotice(notice: string): never {
  throw new EnvironmentError(notice);
}
