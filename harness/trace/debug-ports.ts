import type { DebugPort } from '../arch/debug-port.ts';
import { LineSplitter } from '../lines/splitter.ts';
import type { Millis } from '../units.ts';
import { formatCode, type PostCode, postRangeOf } from './post-codes.ts';

/** What was written to a port: a line of text, or a code. */
export interface PortEntry {
  readonly port: DebugPort;
  /** Since the machine was spawned, when it was read. */
  readonly atMs: Millis;
  readonly text: string;
  /** So many times in a row, the first of them at that time. */
  readonly times: number;
}

/** Entries of all ports together; a line of a kernel's own log has some hundred characters at most. */
const MOST_ENTRIES = 10_000;
const LONGEST_TEXT = 500;
const CODE_TEXTS = Array.from({ length: 0x100 }, (_, code) => `${formatCode(code)} ${postRangeOf(code)}`);

/** What a guest writes to its debug ports, in the order in which it arrives. Bounded: the last entries are kept, and when each code first came. */
export class DebugPorts {
  readonly #texts = new Map<DebugPort, LineSplitter>();
  readonly #listeners = new Set<(code: PostCode) => void>();
  readonly #codes = new Map<number, PostCode>();
  #entries: PortEntry[] = [];
  #forgotten = 0;

  /** The codes written so far, each once, in the order in which they first came. */
  get codes(): readonly PostCode[] {
    return [...this.#codes.values()];
  }

  /** The last entries, oldest first. */
  get entries(): readonly PortEntry[] {
    return this.#entries.slice(-MOST_ENTRIES);
  }

  /** How many entries came before {@link entries}. */
  get forgotten(): number {
    return this.#forgotten + Math.max(0, this.#entries.length - MOST_ENTRIES);
  }

  /** Tells of each code that is written for the first time from now on. @returns what ends it. */
  subscribe(listener: (code: PostCode) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  push(port: DebugPort, bytes: Uint8Array, atMs: Millis): void {
    if (port === 'post') {
      for (const code of bytes) this.#takeCode(code, atMs);
      return;
    }
    for (const { text } of this.#splitter(port).push(bytes, atMs)) this.#add(port, text, atMs);
  }

  /** Nothing more is written to a port. */
  end(port: DebugPort, atMs: Millis): void {
    for (const { text } of this.#splitter(port).end(atMs)) this.#add(port, text, atMs);
  }

  #splitter(port: DebugPort): LineSplitter {
    const splitter = this.#texts.get(port) ?? new LineSplitter();
    this.#texts.set(port, splitter);
    return splitter;
  }

  #takeCode(code: number, atMs: Millis): void {
    this.#add('post', CODE_TEXTS[code] ?? '', atMs);
    if (this.#codes.has(code)) return;
    const first: PostCode = { code, range: postRangeOf(code), atMs };
    this.#codes.set(code, first);
    for (const listener of this.#listeners) listener(first);
  }

  /** A kernel that writes to port 0x80 to pass the time (Linux's io_delay) says one thing thousands of times. */
  #add(port: DebugPort, text: string, atMs: Millis): void {
    const kept = text.slice(0, LONGEST_TEXT);
    const last = this.#entries.at(-1);
    if (last?.port === port && last.text === kept) {
      this.#entries[this.#entries.length - 1] = { ...last, times: last.times + 1 };
      return;
    }
    this.#entries.push({ port, atMs, text: kept, times: 1 });
    if (this.#entries.length < 2 * MOST_ENTRIES) return;
    this.#forgotten += this.#entries.length - MOST_ENTRIES;
    this.#entries = this.#entries.slice(-MOST_ENTRIES);
  }
}
