import { Worker } from 'node:worker_threads';
import type { ChunkedFile } from './chunk-parts.ts';
import type { ChunkOrder, ScannedPart } from './chunk-worker.ts';
import type { ChunkPart } from './log-chunk.ts';

export interface ChunkListener {
  readonly deliver: (chunk: number, part: ChunkPart) => void;
  /** It cannot go on. */
  readonly fail: (error: Error) => void;
}

/** Another thread that scans chunks of a file, in the order in which they are asked for. */
export class ChunkThread {
  readonly #worker: Worker;
  #asked = 0;

  constructor(file: ChunkedFile, { deliver, fail }: ChunkListener) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./chunk-worker.${extension}`, import.meta.url), {
      workerData: file,
      // What it holds is a few megabytes; the garbage of one chunk need not be kept for long.
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#worker.on('message', ({ chunk, part }: ScannedPart) => {
      if (part.next !== undefined) this.#asked--;
      deliver(chunk, part);
    });
    this.#worker.on('error', (error) => fail(error as Error));
    this.#worker.on('exit', () => fail(new Error('a thread that scans it has ended')));
  }

  /** How many chunks it has yet to scan. */
  get asked(): number {
    return this.#asked;
  }

  /** @param memory As {@link ChunkScanner.scan} wants it; it is gone then. */
  scan(chunk: number, memory: ArrayBuffer | undefined): void {
    this.#asked++;
    this.#tell({ kind: 'scan', chunk, memory }, memory);
  }

  goOn(chunk: number): void {
    this.#tell({ kind: 'go-on', chunk });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(order: ChunkOrder, memory?: ArrayBuffer): void {
    this.#worker.postMessage(order, memory ? [memory] : []);
  }
}
