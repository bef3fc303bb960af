/** A duration in milliseconds, or a point on the host's monotonic clock ({@link monotonicMs}). */
export type Millis = number;

/** A size in bytes. */
export type Bytes = number;

/** Milliseconds since an arbitrary point; never goes back. Differences are meaningful within one process. */
export function monotonicMs(): Millis {
  return performance.now();
}

const MILLIS_PER = { ms: 1, s: 1_000, m: 60_000, min: 60_000 } as const;

/** `'250ms'`, `'5s'`, `'1.5m'`, or a number of milliseconds. `undefined` when the text is not a duration. */
export function parseMillis(text: string | number): Millis | undefined {
  if (typeof text === 'number') return Number.isFinite(text) && text >= 0 ? text : undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|min|m)$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * MILLIS_PER[match[2] as keyof typeof MILLIS_PER];
}

const BYTES_PER = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 } as const;

/** `'64K'`, `'256M'`, `'1G'` (binary multiples, as QEMU reads them), or a number of bytes. `undefined` when it is not a size. */
export function parseBytes(text: string | number): Bytes | undefined {
  if (typeof text === 'number') return Number.isInteger(text) && text > 0 ? text : undefined;
  const match = /^(0*[1-9]\d*)\s*([KMG])(?:i?B)?$/.exec(text);
  if (!match) return undefined;
  return Number(match[1]) * BYTES_PER[match[2] as keyof typeof BYTES_PER];
}

/** `512 KiB`, `1.5 GiB`: for people. */
export function formatBytes(bytes: Bytes): string {
  const unit = [...SIZES].reverse().find(([, size]) => bytes >= size);
  if (!unit) return `${bytes} B`;
  const [name, size] = unit;
  return `${Number((bytes / size).toFixed(1))} ${name}`;
}

const SIZES = [
  ['KiB', 2 ** 10],
  ['MiB', 2 ** 20],
  ['GiB', 2 ** 30],
] as const;

/** `340 ms`, `5.0 s`, `2 min 5 s`: for people. */
export function formatMillis(ms: Millis): string {
  const rounded = Math.round(ms);
  if (rounded < 1_000) return `${rounded} ms`;
  if (rounded < 120_000) return `${(rounded / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The longest delay that a timer takes; a longer one would fire at once. */
const LONGEST_DELAY: Millis = 2 ** 31 - 1;

/** What a deadline does not count, in all since it was made: it never shrinks, and grows no faster than the clock. */
export type Excused = () => Millis;

/** A point in time after which waiting ends. Made once at the edge and passed down: nobody below restarts the clock. */
export class Deadline {
  readonly startedAt: Millis;
  readonly budget: Millis;
  readonly #excused: Excused;

  constructor(budget: Millis, startedAt: Millis = monotonicMs(), excused: Excused = () => 0) {
    this.budget = budget;
    this.startedAt = startedAt;
    this.#excused = excused;
  }

  /** @param excused Time that is not to be counted. Default: none, all of it counts. */
  static after(budget: Millis, excused?: Excused): Deadline {
    return new Deadline(budget, monotonicMs(), excused);
  }

  /** What the clock says, nothing excused. */
  get elapsed(): Millis {
    return monotonicMs() - this.startedAt;
  }

  /** What has not been counted so far. */
  get excused(): Millis {
    return this.#excused();
  }

  /** Never negative. Where time is excused, it may grow while one waits. */
  get remaining(): Millis {
    return Math.max(0, this.budget + this.excused - this.elapsed);
  }

  get passed(): boolean {
    return this.remaining === 0;
  }

  /** So long from now, but not past this deadline. What this one excuses from now on, that one does, too. */
  within(duration: Millis): Deadline {
    const before = this.excused;
    return Deadline.after(Math.min(duration, this.remaining), () => this.excused - before);
  }

  /**
   * Calls back once this deadline has passed, never at once. On a loaded host a timer may fire before what arrived in
   * time has been read: that gets one more turn.
   * @returns what calls it off.
   */
  whenPassed(callback: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    let turn: NodeJS.Immediate | undefined;
    const arm = (): void => {
      timer = setTimeout(giveTurn, Math.min(this.remaining, LONGEST_DELAY));
    };
    const giveTurn = (): void => {
      turn = setImmediate(() => (this.passed ? callback() : arm()));
    };
    arm();
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  }

  /** The first of `promises` to settle, or `late` when this deadline passes first. Leaves no timer behind. */
  async race<T, Late>(promises: readonly Promise<T>[], late: Late): Promise<T | Late> {
    let callOff: () => void = () => {};
    const expiry = new Promise<Late>((resolve) => {
      callOff = this.whenPassed(() => resolve(late));
    });
    try {
      return await Promise.race([...promises, expiry]);
    } finally {
      callOff();
    }
  }
}
