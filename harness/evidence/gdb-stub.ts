import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HeldMachine } from '../machine/vcpu-sampler.ts';
import { escapeOptionValue } from '../qemu/argv.ts';
import { createSocketDirectory, removeRunDirectory } from '../qemu/reaper.ts';

const SOCKET = 'gdb';

/** QEMU's gdb stub, listening on a unix socket in a folder that this user alone may enter. */
export class GdbStub implements Disposable {
  /** The path of the socket. */
  readonly socket: string;
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.socket = path.join(folder, SOCKET);
  }

  /**
   * Starts it in a machine that is held still.
   * @returns QEMU's words, when it does not start.
   * @throws QmpClosedError when the machine ends meanwhile.
   */
  static async start({ monitor }: Pick<HeldMachine, 'monitor'>): Promise<GdbStub | { readonly refused: string }> {
    const stub = new GdbStub(createSocketDirectory(SOCKET));
    let isListening = false;
    try {
      const answer = await monitor(`gdbserver "unix:${escapeOptionValue(stub.socket)},server=on,wait=off"`);
      isListening = existsSync(stub.socket);
      return isListening ? stub : { refused: answer.trim() };
    } finally {
      if (!isListening) stub[Symbol.dispose]();
    }
  }

  /** Removes the socket. QEMU has ended by then, or has no use for it. */
  [Symbol.dispose](): void {
    removeRunDirectory(this.#folder);
  }
}
