import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Bytes } from '../../units.ts';
import type { LogBytes } from './log-bytes.ts';

/** The bytes of an event, and its number. */
export interface EventBytes {
  readonly number: number;
  readonly bytes: Buffer;
}

/** Where the last events stand in the log. Only what is asked for is ever copied, and what would go out of sight. */
export class KeptEvents {
  readonly #log: LogBytes;
  readonly #count: number;
  readonly #from: Float64Array;
  readonly #to: Float64Array;
  readonly #numbers: Float64Array;
  readonly #saved = new Map<number, Buffer>();
  #events = 0;

  constructor(log: LogBytes, count: number) {
    this.#log = log;
    this.#count = count;
    this.#from = new Float64Array(count);
    this.#to = new Float64Array(count);
    this.#numbers = new Float64Array(count);
  }

  take({ startsAt, endsAt }: ScannedEvent, number: number): void {
    const index = this.#events++ % this.#count;
    this.#from[index] = startsAt;
    this.#to[index] = endsAt;
    this.#numbers[index] = number;
    if (this.#saved.size > 0) this.#saved.delete(index);
  }

  /** What stands before an offset is about to go out of sight. */
  saveBefore(offset: Bytes): void {
    const kept = Math.min(this.#events, this.#count);
    for (let index = 0; index < kept; index++)
      if ((this.#from[index] as number) < offset && !this.#saved.has(index)) this.#save(index);
  }

  /** Oldest first. */
  read(): EventBytes[] {
    const kept = Math.min(this.#events, this.#count);
    return Array.from({ length: kept }, (_, age) => (this.#events - kept + age) % this.#count).flatMap((index) => {
      const bytes = this.#saved.get(index) ?? this.#save(index);
      return bytes ? [{ number: this.#numbers[index] as number, bytes }] : [];
    });
  }

  #save(index: number): Buffer | undefined {
    const bytes = this.#log.slice(this.#from[index] as number, this.#to[index] as number);
    if (bytes) this.#saved.set(index, bytes);
    return bytes;
  }
}
