import type { Duplex } from 'node:stream';
import { setTimeout as pause, setImmediate as turnOfEventLoop } from 'node:timers/promises';
import type { Bytes, Millis } from '../units.ts';

/** Types slowly, for kernels that lose characters: so many bytes at once, then a pause. */
export interface Typing {
  readonly chunk: Bytes;
  readonly pauseMs: Millis;
}

export interface SendOptions {
  readonly typing?: Typing | undefined;
  /** Stops the typing between two chunks. */
  readonly signal?: AbortSignal;
}

/** Writes to a port, one text after the other, and never waits for a peer that is gone. */
export class Typist {
  readonly #port: Duplex;
  #queue: Promise<void> = Promise.resolve();

  constructor(port: Duplex) {
    this.#port = port;
  }

  /** Never rejects: whoever waits for an answer learns that the console closed. */
  type(text: string | Uint8Array, options: SendOptions = {}): Promise<void> {
    const bytes = typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
    this.#queue = this.#queue.then(() => this.#typeNow(bytes, options));
    return this.#queue;
  }

  async #typeNow(bytes: Uint8Array, { typing, signal }: SendOptions): Promise<void> {
    const size = Math.max(1, typing?.chunk ?? bytes.length);
    for (let at = 0; at < bytes.length; at += size) {
      if (at > 0) await pause(typing?.pauseMs ?? 0, undefined, signal ? { signal } : {}).catch(() => undefined);
      // Writing to a socket whose peer is gone destroys it with everything unread in it: the guest's last words. So what
      // has arrived is read first, the end included. One turn may be the rest of the current one; the second polls.
      await turnOfEventLoop();
      await turnOfEventLoop();
      if (signal?.aborted || !this.#isOpen) return;
      await this.#write(bytes.subarray(at, at + size));
    }
  }

  get #isOpen(): boolean {
    return this.#port.writable && !this.#port.readableEnded;
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of ['end', 'error', 'close']) this.#port.off(event, settle);
        resolve();
      };
      for (const event of ['end', 'error', 'close']) this.#port.on(event, settle);
      this.#port.write(bytes, settle);
    });
  }
}
