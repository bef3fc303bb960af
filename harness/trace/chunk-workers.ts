import { Worker } from 'node:worker_threads';
import type { ChunkedFile, ChunkOrder, ScannedPart } from './chunk-worker.ts';
import { type ChunkPart, countChunks } from './log-chunk.ts';

/** Chunks that a worker may have scanned before the first of them is asked for: it does not wait for whoever takes them. */
const AHEAD = 2;

/**
 * The events of a log in a file, scanned by several threads and told in order.
 * @throws Error when the file cannot be read.
 */
export async function* scanFile(file: ChunkedFile, threads: number): AsyncGenerator<ChunkPart, void> {
  const chunks = countChunks(file);
  const workers = Array.from({ length: Math.min(threads, chunks) }, () => new ChunkReader(file));
  const workerOf = (chunk: number) => workers[chunk % workers.length] as ChunkReader;
  const spare: ArrayBuffer[] = [];
  try {
    let asked = 0;
    for (let chunk = 0; chunk < chunks; ) {
      for (asked = Math.max(asked, chunk); asked < Math.min(chunks, chunk + AHEAD * workers.length); asked++)
        workerOf(asked).scan(asked, spare.pop());
      const part = await workerOf(chunk).part(chunk);
      yield part;
      spare.push(part.numbers);
      if (part.next === undefined) workerOf(chunk).goOn();
      chunk = part.next ?? chunk;
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.end()));
  }
}

/** One thread, as it is seen from outside. */
class ChunkReader {
  readonly #worker: Worker;
  readonly #arrived: ScannedPart[] = [];
  #error: Error | undefined;
  #wake = (): void => {};

  constructor(file: ChunkedFile) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    this.#worker = new Worker(new URL(`./chunk-worker.${extension}`, import.meta.url), {
      workerData: file,
      resourceLimits: { maxYoungGenerationSizeMb: 4 },
    });
    this.#worker.on('message', (scanned: ScannedPart) => {
      this.#arrived.push(scanned);
      this.#wake();
    });
    this.#worker.on('error', (error) => this.#fail(error as Error));
    this.#worker.on('exit', () => this.#fail(new Error('a thread that scans the log has ended')));
  }

  scan(chunk: number, memory: ArrayBuffer | undefined): void {
    this.#tell({ kind: 'scan', chunk, memory }, memory);
  }

  goOn(): void {
    this.#tell({ kind: 'go-on' });
  }

  /** The next part of a chunk that was asked for. What there was of earlier ones nobody wants: others scanned it as well. */
  async part(chunk: number): Promise<ChunkPart> {
    for (;;) {
      const first = this.#arrived.shift();
      if (first?.chunk === chunk) return first.part;
      if (first) continue;
      if (this.#error) throw this.#error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(order: ChunkOrder, memory?: ArrayBuffer): void {
    this.#worker.postMessage(order, memory ? [memory] : []);
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#wake();
  }
}
