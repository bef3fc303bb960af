import type { GuestConsole } from '../console/guest-console.ts';
import type { Machine } from '../machine/machine.ts';
import type { Bytes, Millis } from '../units.ts';

/** A guest that says nothing for this long has said what it wanted to say. */
const QUIET: Millis = 200;
/** A kernel that is dying may pause, to stop its other vCPUs, before it comes to the line that ends its report. */
const QUIET_WITHIN_REPORT: Millis = 2_000;
const AT_MOST: Millis = 5_000;

/**
 * Lets a machine finish its sentence: the rest of a panic, or a panic right after a pass. Resolves once every console
 * has been quiet for {@link QUIET}, the machine has ended, or {@link AT_MOST} has passed; time for which the host kept
 * the machine waiting is no silence. A console that closed is a machine about to end: its exit status is worth the wait.
 * @param observation Whether a report is known to go on: then a longer silence is waited for.
 */
export async function settle(machine: Machine, observation: { readonly expectsMore: boolean }): Promise<void> {
  const deadline = machine.deadlineAfter(AT_MOST);
  while (!deadline.passed && !machine.end) {
    const before = bytesSeen(machine);
    await (isClosing(machine) ? deadline : deadline.within(observation.expectsMore ? QUIET_WITHIN_REPORT : QUIET)).race(
      [machine.ended],
      undefined,
    );
    if (!isClosing(machine) && bytesSeen(machine) === before) return;
  }
}

/** Whether a console is in the middle of saying something. */
export function isPrinting({ ageMs, end }: Machine, { lastByteAtMs }: GuestConsole): boolean {
  return !end && ageMs - lastByteAtMs < QUIET;
}

function isClosing({ consoles }: Machine): boolean {
  return consoles.some((console) => console.hasEnded);
}

function bytesSeen({ consoles }: Machine): Bytes {
  return consoles.reduce((sum, console) => sum + console.bytesSeen, 0);
}
