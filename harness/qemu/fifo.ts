import { closeSync, constants, openSync, renameSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type ExecaError, execa } from 'execa';
import { EnvironmentError } from '../errors.ts';
import { createRunDirectory } from './reaper.ts';

/** Made at once, because a process that makes them costs more than they do. */
const BATCH = 32;

let folder: string | undefined;
let count = 0;
const ready: string[] = [];
let making: Promise<void> | undefined;

/**
 * A pipe whose other end is for another process: one that opens it by name, or one that inherits it. A pipe of Linux's holds
 * 65,536 bytes however they are written (pipe(7)), where a socket pair is full after some 280 writes of one byte each.
 */
export class Fifo<Stream extends Readable | Writable = Readable | Writable> {
  readonly path: string;
  /** This process's end. A readable one ends when every writer has gone and everything is read. */
  readonly stream: Stream;
  #otherEnd: number | undefined;

  private constructor(path: string, stream: Stream, otherEnd: number) {
    this.path = path;
    this.stream = stream;
    this.#otherEnd = otherEnd;
    stream.on('error', () => {});
  }

  /**
   * One that this process reads.
   * @param name Where it lies. Default: a name of its own in a run directory.
   * @throws EnvironmentError when none can be made in the folder for temporary files.
   */
  static async toRead(name?: string): Promise<Fifo<Readable>> {
    const { path, reader, writer } = await open(name);
    return new Fifo(path, new Socket({ fd: reader, readable: true, writable: false }), writer);
  }

  /** One that this process writes, made as {@link toRead} makes one. */
  static async toWrite(name?: string): Promise<Fifo<Writable>> {
    const { path, reader, writer } = await open(name);
    return new Fifo(path, new Socket({ fd: writer, readable: false, writable: true }), reader);
  }

  /** The descriptor for a process that inherits the other end; of no use once it is settled. */
  get otherEnd(): number | undefined {
    return this.#otherEnd;
  }

  /** Whoever has the other end by now is the only one who ever will. Calling it again is harmless. */
  settle(): void {
    if (this.#otherEnd === undefined) return;
    closeSync(this.#otherEnd);
    this.#otherEnd = undefined;
    rmSync(this.path, { force: true });
  }
}

/** Both ends are open from the beginning: one that lacks a reader refuses to be written, one that lacks a writer has ended. */
async function open(name?: string): Promise<{ path: string; reader: number; writer: number }> {
  while (ready.length === 0) {
    making ??= makeBatch().finally(() => {
      making = undefined;
    });
    await making;
  }
  const made = ready.pop() as string;
  const path = name ?? made;
  if (path !== made) renameSync(made, path);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  // Whoever inherits the writer expects one that waits; as long as there is a reader, to open it does not.
  return { path, reader, writer: openSync(path, constants.O_WRONLY) };
}

async function makeBatch(): Promise<void> {
  folder ??= createRunDirectory();
  const names = Array.from({ length: BATCH }, (_, index) => path.join(folder ?? '', String(count + index)));
  count += BATCH;
  await makeFifos(names);
  ready.push(...names);
}

/** @throws EnvironmentError when they cannot be made, in the words of mkfifo or of the system. */
export async function makeFifos(paths: readonly string[]): Promise<void> {
  try {
    await execa('mkfifo', ['-m', '600', ...paths]);
  } catch (cause) {
    const { stderr, originalMessage, shortMessage } = cause as ExecaError<{ stderr: 'pipe' }>;
    const [words = shortMessage] = (stderr || originalMessage || shortMessage).split('\n');
    throw new EnvironmentError(`The pipes to QEMU cannot be made: ${words}`, { cause });
  }
}
