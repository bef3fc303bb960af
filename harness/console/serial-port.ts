import type { Readable, Writable } from 'node:stream';

/** The harness's ends of a serial line. They are two streams: what can no longer be typed to may still have words to read. */
export interface SerialPort {
  /** What the guest says. */
  readonly output: Readable;
  /** What is typed to the guest. */
  readonly input: Writable;
}
