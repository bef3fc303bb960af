import type { Readable, Writable } from 'node:stream';
import type { SerialPort } from '../console/serial-port.ts';
import { escapeOptionValue } from '../qemu/argv.ts';
import { Fifo } from '../qemu/fifo.ts';

/**
 * A serial line between QEMU and this process, a pipe in each direction. Not a socket: one holds so little that a kernel which
 * waits 10 ms for its UART and then writes all the same (8250 of Linux) loses characters while this process is busy.
 */
export class SerialPipe {
  /** What QEMU is told (docs/system/qemu-manpage, `-chardev pipe`): it opens this path with `.in` and with `.out` behind it. */
  readonly chardev: string;
  readonly port: SerialPort;
  readonly #ends: readonly [Fifo<Readable>, Fifo<Writable>];

  private constructor(path: string, ends: readonly [Fifo<Readable>, Fifo<Writable>]) {
    this.chardev = `pipe,path=${escapeOptionValue(path)}`;
    this.port = { output: ends[0].stream, input: ends[1].stream };
    this.#ends = ends;
  }

  static async create(path: string): Promise<SerialPipe> {
    return new SerialPipe(path, await Promise.all([Fifo.toRead(`${path}.out`), Fifo.toWrite(`${path}.in`)]));
  }

  /** QEMU has opened it, or never will: from now on it ends when QEMU does. */
  settle(): void {
    for (const end of this.#ends) end.settle();
  }
}
