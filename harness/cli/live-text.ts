/** A text on a terminal that takes the place of the one before it. */
export class LiveText {
  readonly #stream: NodeJS.WriteStream;
  #lines = 0;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows what of a text has room. */
  show(text: string): void {
    const { columns = 80, rows = 24 } = this.#stream;
    const lines = text.split('\n').slice(0, Math.max(1, rows - 1));
    this.clear();
    this.#stream.write(lines.map((line) => `${line.slice(0, columns)}\n`).join(''));
    this.#lines = lines.length;
  }

  clear(): void {
    if (this.#lines > 0) this.#stream.write(`\x1b[${this.#lines}A\x1b[J`);
    this.#lines = 0;
  }
}
