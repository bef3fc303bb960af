import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { EventBytes } from './kept-events.ts';
import type { LogBytes } from './log-bytes.ts';
import { type Total, Totals } from './totals.ts';

export interface FoundEvents {
  readonly numbers: readonly [number, number];
  /** `undefined`: the log has none of that number. */
  readonly events: readonly (EventBytes | undefined)[];
  readonly between: readonly Total[];
}

/** Two events by their numbers, and what came between them. */
export class ChosenEvents {
  readonly #log: LogBytes;
  readonly #numbers: readonly [number, number];
  readonly #found: (EventBytes | undefined)[] = [undefined, undefined];
  readonly #between = new Totals();

  constructor(log: LogBytes, numbers: readonly [number, number]) {
    this.#log = log;
    this.#numbers = numbers;
  }

  /** @param isNumbered Whether the number is the event's own, not that of the one before it. */
  take(event: ScannedEvent, number: number, isNumbered: boolean): void {
    const [first, second] = this.#found;
    if (first && !second && number !== this.#numbers[1] && number !== this.#numbers[0])
      this.#between.take(event, undefined);
    if (!isNumbered) return;
    for (const index of [0, 1]) {
      if (number !== this.#numbers[index] || this.#found[index]) continue;
      const bytes = this.#log.slice(event.startsAt, event.endsAt);
      if (bytes) this.#found[index] = { number, bytes };
    }
  }

  read(): FoundEvents {
    return { numbers: this.#numbers, events: this.#found, between: this.#between.facts(undefined) };
  }
}
