import type { Clock } from '../../network/clock.ts';
import type { Millis } from '../../units.ts';

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #now: Millis = 0;
  readonly #timers = new Set<{ readonly at: Millis; readonly action: () => void }>();

  now(): Millis {
    return this.#now;
  }

  after(delay: Millis, action: () => void): () => void {
    const timer = { at: this.#now + delay, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get pending(): number {
    return this.#timers.size;
  }

  /** Moves to the next timer and runs it; `false` when there is none. */
  runNext(): boolean {
    const [next] = [...this.#timers].sort((a, b) => a.at - b.at);
    if (!next) return false;
    this.#timers.delete(next);
    this.#now = next.at;
    next.action();
    return true;
  }
}

/** Lets streams and promises do what they can do without the time moving. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves the clock from timer to timer until `done`; an error when that never comes. */
export async function runUntil(clock: ManualClock, done: () => boolean, limit = 20_000): Promise<void> {
  for (let turn = 0; turn < limit; turn++) {
    await settle();
    if (done()) return;
    if (!clock.runNext()) throw new Error('No timer is left, and what was waited for has not come.');
  }
  throw new Error(`What was waited for has not come in ${limit} timers.`);
}
