import { closeSync, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { type Bytes, formatBytes } from '../units.ts';

/** A guest that prints for ever must not fill the host's disk. */
const LIMIT: Bytes = 64 * 2 ** 20;

/**
 * The raw bytes of one stream on disk, up to a limit. Written at once: what the guest said is in the file before anyone
 * judges it.
 */
export class StreamLog extends Writable {
  readonly path: string;
  readonly #file: number;
  readonly #limit: Bytes;
  #written: Bytes = 0;
  #lost: Bytes = 0;

  /** @param limit So many bytes are kept, the first ones. */
  constructor(path: string, limit = LIMIT) {
    super();
    this.path = path;
    this.#limit = limit;
    this.#file = openSync(path, 'w', 0o600);
  }

  /** Why the file has not all of it; `undefined` when it has. */
  get shortfall(): string | undefined {
    if (this.errored) return `it could not be written: ${this.errored.message}`;
    if (this.#lost === 0) return undefined;
    return `the first ${formatBytes(this.#limit)} of ${formatBytes(this.#written + this.#lost)} are kept`;
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    try {
      this.#append(bytes);
      done();
    } catch (error) {
      done(error as Error); // A full disk, say. The console goes on without its log.
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    closeSync(this.#file);
    done(error);
  }

  #append(bytes: Buffer): void {
    const kept = bytes.subarray(0, this.#limit - this.#written);
    if (kept.length > 0) writeSync(this.#file, kept);
    this.#written += kept.length;
    if (kept.length === bytes.length) return;
    const isFirst = this.#lost === 0;
    this.#lost += bytes.length - kept.length;
    if (isFirst)
      writeSync(this.#file, `\n[the log ends here: there was more than ${formatBytes(this.#limit)} of it]\n`);
  }
}
