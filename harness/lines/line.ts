import type { Millis } from '../units.ts';

/** One whole line of a guest's stream. */
export interface Line {
  /** Position in its stream, from 0; no number is ever used twice. */
  readonly index: number;
  /** Since the machine was spawned, when the line's last byte arrived. */
  readonly atMs: Millis;
  /** Decoded as UTF-8 (invalid bytes as U+FFFD), without its line ending, NUL bytes and terminal escape sequences. */
  readonly text: string;
  /** The line was longer than the stream's limit; `text` is its beginning. */
  readonly truncated: boolean;
}
