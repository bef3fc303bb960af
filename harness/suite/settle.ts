import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from '../machine/machine.ts';
import { Deadline, type Millis } from '../units.ts';

/** A guest that says nothing for this long has said what it wanted to say. */
const QUIET: Millis = 200;
const AT_MOST: Millis = 5_000;

/**
 * Lets a machine finish its sentence: the rest of a panic, or a panic right after a pass. Resolves once every console
 * has been quiet for {@link QUIET}, the machine has ended, or {@link AT_MOST} has passed. A console that closed is a
 * machine about to end: its exit status is worth the wait.
 */
export async function settle(machine: Machine): Promise<void> {
  const deadline = Deadline.after(AT_MOST);
  const stop = new AbortController();
  const ended = machine.ended.then(() => stop.abort());
  const enteredAt = machine.ageMs;
  while (!deadline.passed && !machine.end) {
    const lastByteAt = Math.max(enteredAt, ...machine.consoles.map((console) => console.lastByteAtMs));
    const quietFor = machine.ageMs - lastByteAt;
    const closing = machine.consoles.some((console) => console.hasEnded);
    if (quietFor >= QUIET && !closing) return;
    const patience = closing ? deadline.remaining : Math.min(QUIET - quietFor, deadline.remaining);
    const nap = delay(patience, undefined, { signal: stop.signal });
    await Promise.race([nap.catch(() => {}), ended]);
  }
}
