/** How the values of one argument are spread. */
export interface ArgumentReading {
  /** So many calls had one. */
  readonly times: number;
  /** The values that were kept, the most frequent first. */
  readonly values: readonly { readonly value: bigint; readonly times: number }[];
  /** So many calls had a value that is not among them. */
  readonly others: number;
  readonly least: bigint;
  readonly greatest: bigint;
  /** By the number of a value's bits, from 0 (the value 0) to 64: how many calls had such a one. */
  readonly widths: readonly number[];
}

/** Of an argument that is another value each time, so many are kept by value. */
const MOST_VALUES = 64;
const REGISTER_BITS = 64;

/** The values of one argument, counted. Bounded: of any others than the first {@link MOST_VALUES}, only how large they are is kept. */
export class ArgumentValues {
  readonly #values = new Map<bigint, number>();
  readonly #widths = new Array<number>(REGISTER_BITS + 1).fill(0);
  #times = 0;
  #least: bigint | undefined;
  #greatest = 0n;

  /** @param times -1 takes back what was added before. */
  add(value: bigint, times: 1 | -1 = 1): void {
    this.#times += times;
    const width = value === 0n ? 0 : value.toString(2).length;
    this.#widths[width] = (this.#widths[width] ?? 0) + times;
    const known = this.#values.get(value);
    if (known !== undefined) this.#values.set(value, known + times);
    else if (times > 0 && this.#values.size < MOST_VALUES) this.#values.set(value, times);
    if (this.#least === undefined || value < this.#least) this.#least = value;
    if (value > this.#greatest) this.#greatest = value;
  }

  read(): ArgumentReading {
    const values = [...this.#values]
      .map(([value, times]) => ({ value, times }))
      .filter(({ times }) => times > 0)
      .sort((a, b) => b.times - a.times || (a.value < b.value ? -1 : 1));
    return {
      times: this.#times,
      values,
      others: this.#times - values.reduce((sum, { times }) => sum + times, 0),
      least: this.#least ?? 0n,
      greatest: this.#greatest,
      widths: [...this.#widths],
    };
  }
}
