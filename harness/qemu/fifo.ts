import { closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import { createRunDirectory } from './reaper.ts';

/** Made at once, because a process that makes them costs more than they do. */
const BATCH = 16;

let folder: string | undefined;
let made = 0;
const ready: string[] = [];
let making: Promise<void> | undefined;

/** A file that one process writes and this one reads as it is written, as if it were a pipe. */
export class Fifo {
  readonly path: string;
  /** Ends when the writer has gone and everything is read. */
  readonly stream: Readable;
  #writer: number | undefined;

  private constructor(path: string) {
    this.path = path;
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    // As long as nobody writes a FIFO it reads as one that has ended.
    this.#writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    this.stream = new Socket({ fd: reader, readable: true, writable: false });
    this.stream.on('error', () => {});
  }

  /** @throws Error of the system when FIFOs cannot be made in the folder for temporary files. */
  static async create(): Promise<Fifo> {
    while (ready.length === 0) {
      making ??= makeBatch().finally(() => {
        making = undefined;
      });
      await making;
    }
    return new Fifo(ready.pop() as string);
  }

  /** The writer has opened it, or will not any more: nobody else may, and the stream ends when the writer does. */
  settle(): void {
    if (this.#writer === undefined) return;
    closeSync(this.#writer);
    this.#writer = undefined;
    rmSync(this.path, { force: true });
  }
}

async function makeBatch(): Promise<void> {
  folder ??= createRunDirectory();
  const names = Array.from({ length: BATCH }, (_, index) => path.join(folder ?? '', String(made + index)));
  made += BATCH;
  await execa('mkfifo', ['-m', '600', ...names]);
  ready.push(...names);
}
