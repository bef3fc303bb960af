import type { Readable, Writable } from 'node:stream';
import type { Bytes } from '../units.ts';

/** So much is taken before timers and the other machines of this process get their turn. */
const BYTES_PER_TURN: Bytes = 256 * 1024;

export interface PortConsumer {
  takeBytes(bytes: Uint8Array): void;
  /** Once, after the last bytes, however the port ended. */
  takeEnd(): void;
}

/**
 * Reads a port to its end. A guest that floods is held back, by pausing the port, for as long as the log cannot follow
 * or the rest of the process has had no turn; QEMU then holds back the guest.
 */
export class PortReader {
  /** Resolves after the consumer was told of the end. */
  readonly ended: Promise<void>;
  readonly #port: Readable;
  readonly #consumer: PortConsumer;
  readonly #holds = new Set<'log' | 'turn'>();
  #log: Writable | undefined;
  #logFailure: Error | undefined;
  #spentThisTurn: Bytes = 0;
  #hasEnded = false;
  #tellEnd = (): void => {};

  constructor(port: Readable, consumer: PortConsumer, log: Writable | undefined) {
    this.#port = port;
    this.#consumer = consumer;
    this.#log = log;
    this.ended = new Promise((resolve) => {
      this.#tellEnd = resolve;
    });
    log?.on('error', (error) => this.#giveUpLog(error));
    log?.on('close', () => this.#giveUpLog(undefined));
    port.on('data', this.#onData);
    for (const event of ['end', 'error', 'close']) port.on(event, this.#onEnd);
    if (port.destroyed || port.readableEnded) queueMicrotask(this.#onEnd);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Why the log is incomplete. */
  get logFailure(): Error | undefined {
    return this.#logFailure;
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#copyToLog(chunk);
    this.#spentThisTurn += chunk.length;
    if (this.#spentThisTurn >= BYTES_PER_TURN && this.#hold('turn')) {
      setImmediate(() => {
        this.#spentThisTurn = 0;
        this.#release('turn');
      });
    }
    this.#consumer.takeBytes(chunk);
  };

  /** `error` and `close` may come while the port is paused: what it had received is drained before the end is told. */
  readonly #onEnd = (): void => {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#port.off('data', this.#onData);
    for (let rest = this.#port.read(); rest !== null; rest = this.#port.read()) {
      this.#copyToLog(rest);
      this.#consumer.takeBytes(rest);
    }
    this.#consumer.takeEnd();
    this.#tellEnd();
  };

  #copyToLog(bytes: Uint8Array): void {
    if (this.#log === undefined || this.#log.write(bytes)) return;
    if (this.#hold('log')) this.#log.once('drain', () => this.#release('log'));
  }

  #giveUpLog(error: Error | undefined): void {
    this.#logFailure ??= error;
    this.#log = undefined;
    this.#release('log');
  }

  #hold(reason: 'log' | 'turn'): boolean {
    if (this.#holds.has(reason) || this.#hasEnded) return false;
    this.#holds.add(reason);
    this.#port.pause();
    return true;
  }

  #release(reason: 'log' | 'turn'): void {
    if (this.#holds.delete(reason) && this.#holds.size === 0 && !this.#hasEnded) this.#port.resume();
  }
}
