import { readSync } from 'node:fs';
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

/** Scans chunks of a file that somebody asks for, in any order, and of each the next part when that is asked for. */
export class ChunkParts {
  readonly #scanner: ChunkScanner;
  readonly #deliver: (chunk: number, part: ChunkPart) => void;
  readonly #begun = new Map<number, Iterator<ChunkPart, void>>();

  constructor({ arch, file, size, chunkSize }: ChunkedFile, deliver: (chunk: number, part: ChunkPart) => void) {
    this.#scanner = new ChunkScanner(describeArch(arch), {
      size,
      chunkSize,
      read: (buffer, position) => readFully(file, buffer, position),
    });
    this.#deliver = deliver;
  }

  /** @param memory As {@link ChunkScanner.scan} wants it. */
  scan(chunk: number, memory: ArrayBuffer | undefined): void {
    this.#begun.set(chunk, this.#scanner.scan(chunk, memory));
    this.goOn(chunk);
  }

  /** After a part that was not the last. */
  goOn(chunk: number): void {
    const part = this.#begun.get(chunk)?.next().value;
    if (!part) return;
    if (part.next !== undefined) this.#begun.delete(chunk);
    this.#deliver(chunk, part);
  }
}

function readFully(file: number, buffer: Buffer, position: Bytes): void {
  for (let length = 0; length < buffer.length; ) {
    const more = readSync(file, buffer, length, buffer.length - length, position + length);
    if (more === 0) throw new Error('it became shorter while it was read');
    length += more;
  }
}
