import type { Writable } from 'node:stream';
import type { Line } from '../lines/line.ts';
import { LineSplitter } from '../lines/splitter.ts';
import { type Bytes, type Deadline, type Millis, monotonicMs } from '../units.ts';
import { Arrivals } from './arrivals.ts';
import type { Expectation, WaitOutcome } from './expectation.ts';
import { PortReader } from './port-reader.ts';
import { RecentLines } from './recent-lines.ts';
import type { SerialPort } from './serial-port.ts';
import { type SendOptions, Typist } from './typist.ts';
import { Waiters } from './waiters.ts';

const DEFAULT_KEPT_LINES = 10_000;
const KEPT_BYTES: Bytes = 16 * 2 ** 20;

export interface GuestConsoleOptions {
  /** For messages: `user`, `kernel`. */
  readonly name: string;
  /** {@link monotonicMs} at the machine's spawn: the zero of every line's time. */
  readonly startedAt: Millis;
  /** Lines kept in memory, at most 16 MiB of them. Default 10,000. */
  readonly keepLines?: number;
  /** Receives every byte as it came. When it cannot follow, the guest waits; it is not ended here. */
  readonly log?: Writable | undefined;
}

export interface LineConsumer {
  accept(line: Line): void;
}

/** One serial line of a guest: what it says, as lines and as prompts, and what is typed to it. */
export class GuestConsole implements AsyncDisposable {
  readonly name: string;
  /** Resolves once the port has ended and the last line has been judged. Never rejects. */
  readonly closed: Promise<void>;
  /** When its bytes came, since spawn. */
  readonly arrivals = new Arrivals();
  readonly #port: SerialPort;
  readonly #startedAt: Millis;
  readonly #splitter = new LineSplitter();
  readonly #kept: RecentLines;
  readonly #consumers = new Set<LineConsumer>();
  readonly #reader: PortReader;
  readonly #typist: Typist;
  readonly #waiters: Waiters;
  #bytesSeen: Bytes = 0;
  #lastByteAtMs: Millis = 0;
  #closedInMidLine = false;

  /** @param port The console owns it from now on. */
  constructor(port: SerialPort, options: GuestConsoleOptions) {
    this.name = options.name;
    this.#port = port;
    this.#startedAt = options.startedAt;
    this.#kept = new RecentLines(options.keepLines ?? DEFAULT_KEPT_LINES, KEPT_BYTES);
    this.#typist = new Typist(port.input);
    this.#waiters = new Waiters(this);
    const consumer = { takeBytes: (bytes: Uint8Array) => this.#takeBytes(bytes), takeEnd: () => this.#takeEnd() };
    this.#reader = new PortReader(port.output, consumer, options.log);
    this.closed = this.#reader.ended;
  }

  /** The index that the next line will get, and that the unfinished line has. */
  get nextIndex(): number {
    return this.#splitter.nextIndex;
  }

  /** The unfinished line, cleaned: where a prompt stands. */
  get tail(): string {
    return this.#splitter.tail;
  }

  /** Whether the unfinished line ends so as it came, escape sequences included. */
  tailEndsWith(text: string): boolean {
    return this.#splitter.tailEndsWith(Buffer.from(text, 'utf8'));
  }

  get lastLine(): Line | undefined {
    return this.#kept.last;
  }

  /** Since spawn; 0 before the first byte. */
  get lastByteAtMs(): Millis {
    return this.#lastByteAtMs;
  }

  get bytesSeen(): Bytes {
    return this.#bytesSeen;
  }

  get hasEnded(): boolean {
    return this.#reader.hasEnded;
  }

  /** Its last line was cut: the port ended before the line did. */
  get closedInMidLine(): boolean {
    return this.#closedInMidLine;
  }

  /** Why the log is incomplete, when writing to it failed. The console goes on without it. */
  get logFailure(): Error | undefined {
    return this.#reader.logFailure;
  }

  /** The last lines kept, oldest first. */
  recent(count?: number): readonly Line[] {
    return this.#kept.recent(count);
  }

  /** The lines from this index on that are still kept. The first one's index tells whether any were forgotten. */
  since(index: number): readonly Line[] {
    return this.#kept.since(index);
  }

  /** Hands over each line from now on, before the waits judge it. @returns what ends it. */
  subscribe(consumer: LineConsumer): () => void {
    this.#consumers.add(consumer);
    return () => this.#consumers.delete(consumer);
  }

  /**
   * Waits for a line or a prompt. Lines that were already there are judged first, in order; of several causes the first
   * one wins; what was printed before the console closed is judged before `closed` is told.
   */
  wait(expectation: Expectation, deadline: Deadline): Promise<WaitOutcome> {
    return this.#waiters.wait(expectation, deadline);
  }

  /** Resolves when the bytes are handed over, or when nobody is there to take them. Texts never mix. */
  send(text: string | Uint8Array, options?: SendOptions): Promise<void> {
    return this.#typist.type(text, options);
  }

  /** Closes the port. What has been received is still judged; open waits end as `closed`. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#port.output.destroy();
    this.#port.input.destroy();
    await this.closed;
  }

  #takeBytes(bytes: Uint8Array): void {
    this.#bytesSeen += bytes.length;
    this.#lastByteAtMs = this.#now();
    this.arrivals.push(bytes.length, this.#lastByteAtMs);
    this.#takeLines(this.#splitter.push(bytes, this.#lastByteAtMs));
    this.#waiters.takeTail();
  }

  #takeEnd(): void {
    this.#port.input.destroy(); // Nobody reads it any more.
    const unfinished = this.#splitter.end(this.#now());
    this.#closedInMidLine = unfinished.length > 0;
    this.#takeLines(unfinished);
    this.#waiters.takeEnd();
  }

  #takeLines(lines: readonly Line[]): void {
    for (const line of lines) {
      this.#kept.push(line);
      for (const consumer of this.#consumers) consumer.accept(line);
      this.#waiters.takeLine(line);
    }
  }

  #now(): Millis {
    return monotonicMs() - this.#startedAt;
  }
}
