import { type Bytes, formatBytes, monotonicMs } from '../units.ts';

const EVERY_MS = 200;

/** How far a long log has been read, on a terminal. */
export class ReadingProgress {
  readonly #size: Bytes | undefined;
  readonly #isShown = process.stderr.isTTY === true;
  #toldAt = monotonicMs();
  #told = false;

  /** @param size Of a file that does not grow. */
  constructor(size: Bytes | undefined) {
    this.#size = size;
  }

  tell(bytes: Bytes, exceptions: number): void {
    if (!this.#isShown || monotonicMs() - this.#toldAt < EVERY_MS) return;
    this.#toldAt = monotonicMs();
    this.#told = true;
    const of = this.#size ? ` of ${formatBytes(this.#size)}` : '';
    process.stderr.write(`\r\x1b[K${formatBytes(bytes)}${of}, ${exceptions} interrupts and exceptions`);
  }

  end(): void {
    if (this.#told) process.stderr.write('\r\x1b[K');
  }
}
