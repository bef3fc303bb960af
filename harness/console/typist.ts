import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
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
  readonly #port: Writable;
  #queue: Promise<void> = Promise.resolve();

  constructor(port: Writable) {
    this.#port = port;
    port.on('error', () => {}); // The guest has gone, which its output tells.
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
      if (signal?.aborted || !this.#port.writable) return;
      await this.#write(bytes.subarray(at, at + size));
    }
  }

  #write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      const settle = (): void => {
        for (const event of ['error', 'close']) this.#port.off(event, settle);
        resolve();
      };
      for (const event of ['error', 'close']) this.#port.on(event, settle);
      this.#port.write(bytes, settle);
    });
  }
}
