import { setImmediate } from 'node:timers/promises';
import { type ChunkedFile, ChunkParts } from './chunk-parts.ts';
import { ChunkThread } from './chunk-thread.ts';
import { type ChunkPart, countChunks } from './log-chunk.ts';

/** Chunks that a thread is given at once: it does not wait for the next while somebody else is busy. */
const AT_ONCE = 2;

/**
 * The events of a log in a file, scanned by several threads and told in order. The caller's thread scans as well, whenever
 * what comes next is not there yet. However long the file, few parts are held at once.
 * @param threads How many, the caller's among them.
 * @throws Error when the file cannot be read.
 */
export async function* scanFile(file: ChunkedFile, threads: number): AsyncGenerator<ChunkPart, void> {
  const chunks = countChunks(file);
  const team = new ScanTeam(file, Math.min(threads, chunks) - 1);
  try {
    for (let chunk = 0; chunk < chunks; ) {
      const part = await team.take(chunk, Math.min(chunks, chunk + (AT_ONCE + 1) * threads));
      yield part;
      team.reuse(part.numbers);
      if (part.next === undefined) team.goOn(chunk);
      else chunk = part.next;
    }
  } finally {
    await team.end();
  }
}

/** Other threads, and this one. */
class ScanTeam {
  readonly #threads: readonly ChunkThread[];
  readonly #own: ChunkParts;
  /** Who scans the chunks that were given out. */
  readonly #owners = new Map<number, ChunkThread | ChunkParts>();
  readonly #parts = new Map<number, ChunkPart>();
  readonly #spare: ArrayBuffer[] = [];
  /** The first chunk that nobody was given. */
  #next = 0;
  #error: Error | undefined;
  #wake = (): void => {};

  constructor(file: ChunkedFile, others: number) {
    const deliver = (chunk: number, part: ChunkPart): void => {
      this.#parts.set(chunk, part);
      this.#wake();
    };
    const fail = (error: Error): void => {
      this.#error ??= error;
      this.#wake();
    };
    this.#threads = Array.from({ length: others }, () => new ChunkThread(file, { deliver, fail }));
    this.#own = new ChunkParts(file, deliver);
  }

  /** The next part of a chunk; those before it nobody needs. Of what comes before `end` some is scanned meanwhile. */
  async take(chunk: number, end: number): Promise<ChunkPart> {
    this.#forgetBefore(chunk);
    for (;;) {
      if (this.#error) throw this.#error;
      for (const thread of this.#threads) while (thread.asked < AT_ONCE && this.#next < end) this.#give(thread);
      const part = this.#parts.get(chunk);
      this.#parts.delete(chunk);
      if (part) return part;
      if (this.#next < end) {
        this.#give(this.#own);
        await setImmediate();
      } else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }

  goOn(chunk: number): void {
    this.#owners.get(chunk)?.goOn(chunk);
  }

  /** Memory that nobody looks at any more. */
  reuse(memory: ArrayBuffer): void {
    this.#spare.push(memory);
  }

  async end(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.end()));
  }

  #give(owner: ChunkThread | ChunkParts): void {
    const chunk = this.#next++;
    this.#owners.set(chunk, owner);
    owner.scan(chunk, this.#spare.pop());
  }

  #forgetBefore(chunk: number): void {
    this.#next = Math.max(this.#next, chunk);
    for (const earlier of [...this.#owners.keys()].filter((each) => each < chunk)) this.#owners.delete(earlier);
    for (const earlier of [...this.#parts.keys()].filter((each) => each < chunk)) this.#parts.delete(earlier);
  }
}
