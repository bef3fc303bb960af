import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Bytes } from '../../units.ts';
import type { LogWindow } from './log-window.ts';

interface Kept {
  readonly from: Bytes;
  readonly to: Bytes;
  /** What the log gives it as a number, or what counting gave. */
  readonly number: number;
  bytes: Buffer | undefined;
}

/** The bytes of an event, and its number. */
export interface EventBytes {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Where the last events stand in the log. Only what is asked for is ever copied, and what would go out of sight. */
export class KeptEvents {
  readonly #window: LogWindow;
  readonly #count: number;
  readonly #ring: Kept[] = [];
  #next = 0;

  constructor(window: LogWindow, count: number) {
    this.#window = window;
    this.#count = count;
  }

  take({ startsAt, endsAt }: ScannedEvent, number: number): void {
    this.#ring[this.#next] = { from: startsAt, to: endsAt, number, bytes: undefined };
    this.#next = (this.#next + 1) % this.#count;
  }

  /** What stands before an offset is about to go out of sight. */
  saveBefore(offset: Bytes): void {
    for (const kept of this.#ring) if (kept.from < offset) kept.bytes ??= this.#window.slice(kept.from, kept.to);
  }

  /** Oldest first. */
  read(): EventBytes[] {
    const ordered = [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)];
    return ordered.flatMap(({ from, to, number, bytes }) => {
      const found = bytes ?? this.#window.slice(from, to);
      return found ? [{ number, bytes: found }] : [];
    });
  }
}
