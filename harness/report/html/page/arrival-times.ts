/** When the bytes of a console came, as `console-*.times` in the evidence has it: a line for each piece, its time and first byte. */
export class ArrivalTimes {
  readonly #times: readonly { readonly atMs: number; readonly byte: number }[];

  constructor(text: string) {
    this.#times = text.split('\n').flatMap((line) => {
      const [, atMs, byte] = /^(\d+(?:\.\d+)?) (\d+)$/.exec(line) ?? [];
      return atMs === undefined ? [] : [{ atMs: Number(atMs), byte: Number(byte) }];
    });
  }

  /** Since the machine was spawned; `undefined` where nobody knows. */
  atMs(byte: number): number | undefined {
    let low = 0;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#times[middle]?.byte ?? 0) <= byte) low = middle + 1;
      else high = middle;
    }
    return this.#times[low - 1]?.atMs;
  }

  get all(): readonly { readonly atMs: number; readonly byte: number }[] {
    return this.#times;
  }
}
