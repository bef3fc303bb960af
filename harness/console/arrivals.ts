import type { Bytes, Millis } from '../units.ts';

/** So many are kept; then every second one is dropped, and what comes is noted half as often. */
const MOST = 20_000;

/** When the bytes of a stream came: which of them was the first at which time. Bounded, however much there is. */
export class Arrivals {
  #noted: { readonly atMs: Millis; readonly byte: Bytes }[] = [];
  #bytes: Bytes = 0;
  #betweenMs: Millis = 1;

  push(bytes: Bytes, atMs: Millis): void {
    const last = this.#noted.at(-1);
    if (!last || atMs - last.atMs >= this.#betweenMs) this.#noted.push({ atMs, byte: this.#bytes });
    this.#bytes += bytes;
    if (this.#noted.length < MOST) return;
    this.#noted = this.#noted.filter((_, index) => index % 2 === 0);
    this.#betweenMs *= 2;
  }

  /** A line for each that is noted, oldest first: the time in milliseconds, and how many bytes came before. */
  toString(): string {
    return this.#noted.map(({ atMs, byte }) => `${atMs.toFixed(1)} ${byte}\n`).join('');
  }
}
