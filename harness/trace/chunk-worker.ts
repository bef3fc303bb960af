import { readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { type Arch, describeArch } from '../arch/archs.ts';
import type { Bytes } from '../units.ts';
import { type ChunkPart, ChunkScanner } from './log-chunk.ts';

/** A file that several threads scan. */
export interface ChunkedFile {
  readonly arch: Arch;
  /** Its descriptor, which stays open. */
  readonly file: number;
  readonly size: Bytes;
  readonly chunkSize: Bytes;
}

/** What a worker is told. */
export type ChunkOrder =
  | { readonly kind: 'scan'; readonly chunk: number; readonly memory: ArrayBuffer | undefined }
  /** The part that came last has been taken, and another one is to come. */
  | { readonly kind: 'go-on' };

/** What it answers: the chunks in the order in which they were asked for. */
export interface ScannedPart {
  readonly chunk: number;
  readonly part: ChunkPart;
}

type Scan = Extract<ChunkOrder, { kind: 'scan' }>;

/** Scans what it is told to. Of a chunk with many parts it makes the next one when the last has been taken. */
class ChunkWorker {
  readonly #scanner: ChunkScanner;
  readonly #answer: (scanned: ScannedPart) => void;
  readonly #waiting: Scan[] = [];
  #current: { readonly chunk: number; readonly parts: Iterator<ChunkPart, void> } | undefined;

  constructor({ arch, file, size, chunkSize }: ChunkedFile, answer: (scanned: ScannedPart) => void) {
    this.#scanner = new ChunkScanner(describeArch(arch), {
      size,
      chunkSize,
      read: (buffer, position) => readFully(file, buffer, position),
    });
    this.#answer = answer;
  }

  take(order: ChunkOrder): void {
    if (order.kind === 'scan') this.#waiting.push(order);
    else this.#nextPart();
    while (!this.#current) {
      const scan = this.#waiting.shift();
      if (!scan) return;
      this.#current = { chunk: scan.chunk, parts: this.#scanner.scan(scan.chunk, scan.memory) };
      this.#nextPart();
    }
  }

  #nextPart(): void {
    const { chunk, parts } = this.#current ?? {};
    const part = parts?.next().value;
    if (chunk === undefined || !part) return;
    if (part.next !== undefined) this.#current = undefined;
    this.#answer({ chunk, part });
  }
}

function readFully(file: number, buffer: Buffer, position: Bytes): void {
  for (let length = 0; length < buffer.length; ) {
    const more = readSync(file, buffer, length, buffer.length - length, position + length);
    if (more === 0) throw new Error('it became shorter while it was read');
    length += more;
  }
}

const port = parentPort;
if (port) {
  const worker = new ChunkWorker(workerData, (scanned) => port.postMessage(scanned, [scanned.part.numbers]));
  port.on('message', (order: ChunkOrder) => worker.take(order));
}
