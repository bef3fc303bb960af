import { existsSync } from 'node:fs';
import path from 'node:path';
import { EnvironmentError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';
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
   * Starts it in a machine that is stopped, and leaves that stopped.
   * @throws EnvironmentError when it does not start, in QEMU's words.
   */
  static async start({ vcpus }: Machine): Promise<GdbStub> {
    const stub = new GdbStub(createSocketDirectory(SOCKET));
    const command = `gdbserver "unix:${escapeOptionValue(stub.socket)},server=on,wait=off"`;
    const answer = await vcpus?.hold(({ monitor }) => monitor(command));
    if (existsSync(stub.socket)) return stub;
    stub[Symbol.dispose]();
    throw new EnvironmentError(`QEMU did not start its gdb stub. ${answer?.trim() ?? 'It has ended.'}`);
  }

  /** Removes the socket. QEMU has ended by then, or has no use for it. */
  [Symbol.dispose](): void {
    removeRunDirectory(this.#folder);
  }
}
