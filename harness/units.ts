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

/** A point in time after which waiting ends. Made once at the edge and passed down: nobody below restarts the clock. */
export class Deadline {
  readonly startedAt: Millis = monotonicMs();
  readonly budget: Millis;

  constructor(budget: Millis) {
    this.budget = budget;
  }

  static after(budget: Millis): Deadline {
    return new Deadline(budget);
  }

  get elapsed(): Millis {
    return monotonicMs() - this.startedAt;
  }

  /** Never negative. */
  get remaining(): Millis {
    return Math.max(0, this.budget - this.elapsed);
  }

  get passed(): boolean {
    return this.remaining === 0;
  }

  /** The first of `promises` to settle, or `late` when this deadline passes first. Leaves no timer behind. */
  async race<T, Late>(promises: readonly Promise<T>[], late: Late): Promise<T | Late> {
    let timer: NodeJS.Timeout | undefined;
    const expiry = new Promise<Late>((resolve) => {
      timer = setTimeout(() => resolve(late), this.remaining);
    });
    try {
      return await Promise.race([...promises, expiry]);
    } finally {
      clearTimeout(timer);
    }
  }
}
