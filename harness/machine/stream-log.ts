import { closeSync, openSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import type { Bytes } from '../units.ts';

/** A guest that prints for ever must not fill the host's disk. */
const LIMIT: Bytes = 64 * 2 ** 20;

/**
 * The raw bytes of one stream on disk, the first {@link LIMIT} of them. Written at once: what the guest said is in the
 * file before anyone judges it.
 */
export class StreamLog extends Writable {
  readonly path: string;
  readonly #file: number;
  #written: Bytes = 0;

  constructor(path: string) {
    super();
    this.path = path;
    this.#file = openSync(path, 'w', 0o600);
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
    if (this.#written >= LIMIT) return;
    const kept = bytes.subarray(0, LIMIT - this.#written);
    writeSync(this.#file, kept);
    this.#written += kept.length;
    if (this.#written >= LIMIT)
      writeSync(this.#file, `\n[the log ends here: the guest printed over ${LIMIT / 2 ** 20} MiB]\n`);
  }
}
