import type { ArchDescription } from '../arch/arch.ts';
import type { Bytes } from '../units.ts';
import { type EventBlock, EventPacker } from './event-block.ts';
import { InterruptScanner } from './interrupt-scanner.ts';

/** A log of which any part can be read. It does not grow meanwhile. */
export interface ChunkedLog {
  readonly size: Bytes;
  readonly chunkSize: Bytes;
  /** Fills the buffer from a place on: there is as much. @throws when it cannot. */
  readonly read: (buffer: Buffer, position: Bytes) => void;
}

/** A part of what begins in a chunk. */
export interface ChunkPart extends EventBlock {
  /** How far the log has been read by then. */
  readonly readTo: Bytes;
  /** What is in this part was unfinished when the log ended. */
  readonly isEnd: boolean;
  /** The chunk in which the events that follow begin; absent: another part comes. */
  readonly next?: number;
}

/** Beyond its end a chunk is read as far, in the hope to find there where the next one's events begin. */
const BEYOND: Bytes = 16 * 2 ** 10;

/** How many chunks a log has. */
export function countChunks({ size, chunkSize }: Pick<ChunkedLog, 'size' | 'chunkSize'>): number {
  return Math.ceil(size / chunkSize);
}

/**
 * Scans chunks, so that those of a log make up the events that one scanner finds in all of it. A chunk's events begin at the
 * first place in it where nothing depends on what came before; they end where the next chunk's begin. In a chunk that has no
 * such place none begin: whoever scans what comes before goes on through it.
 */
export class ChunkScanner {
  readonly #arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>;
  readonly #log: ChunkedLog;
  readonly #beyond: Bytes;
  readonly #bytes: Buffer;

  constructor(arch: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>, log: ChunkedLog) {
    this.#arch = arch;
    this.#log = log;
    this.#beyond = Math.min(BEYOND, log.chunkSize);
    this.#bytes = Buffer.allocUnsafeSlow(log.chunkSize + this.#beyond);
  }

  /**
   * Part by part: one, if the next chunk has a beginning too. Where this one has none, the part is empty.
   * @param memory To use for a part; absent: its own.
   */
  *scan(chunk: number, memory?: ArrayBuffer): Generator<ChunkPart, void> {
    const { size, chunkSize } = this.#log;
    let index = chunk;
    let bytes = this.#read(index);
    let from = chunk === 0 ? 0 : this.#beginning(bytes);
    const base = index * chunkSize + from;
    let packer = new EventPacker(base, memory);
    if (from < 0) {
      yield { ...packer.block, readTo: base, isEnd: false, next: index };
      return;
    }
    const scanner = new InterruptScanner(this.#arch, (event) => packer.take(event));
    while ((index + 1) * chunkSize < size) {
      const beyond = this.#beginning(bytes.subarray(chunkSize));
      if (beyond >= 0) {
        scanner.push(bytes.subarray(from, chunkSize + beyond));
        scanner.end();
        yield { ...packer.block, readTo: (index + 1) * chunkSize, isEnd: false, next: index + 1 };
        return;
      }
      scanner.push(bytes.subarray(from, chunkSize));
      from = Math.max(0, from - chunkSize);
      index++;
      yield { ...packer.block, readTo: index * chunkSize, isEnd: false };
      packer = new EventPacker(base);
      bytes = this.#read(index);
      const end = this.#beginning(bytes);
      if (end >= 0) {
        scanner.push(bytes.subarray(from, end));
        scanner.end();
        yield { ...packer.block, readTo: index * chunkSize, isEnd: false, next: index };
        return;
      }
    }
    scanner.push(bytes.subarray(from));
    yield { ...packer.block, readTo: size, isEnd: false };
    packer = new EventPacker(base);
    scanner.end();
    yield { ...packer.block, readTo: size, isEnd: true, next: index + 1 };
  }

  #read(index: number): Buffer {
    const { size, chunkSize, read } = this.#log;
    const position = index * chunkSize;
    const bytes = this.#bytes.subarray(0, Math.min(chunkSize + this.#beyond, size - position));
    read(bytes, position);
    return bytes;
  }

  #beginning(bytes: Buffer): number {
    return this.#arch.lineScanner.findBeginning(bytes);
  }
}
