import { type Millis, monotonicMs } from '../units.ts';

/** The time that retransmission goes by; tests bring their own. */
export interface Clock {
  now(): Millis;
  /** Runs `action` once, `delay` from now, unless the returned function is called before. */
  after(delay: Millis, action: () => void): () => void;
}

/** The host's clock. Its timers do not keep the process alive. */
export const hostClock: Clock = {
  now: monotonicMs,
  after(delay, action) {
    const timer = setTimeout(action, delay).unref();
    return () => clearTimeout(timer);
  },
};
