import type { Line } from '../lines/line.ts';
import type { Deadline } from '../units.ts';
import type { CommandOutcome, WaitFailure } from './shell-spec.ts';

export interface RunOptions {
  readonly deadline: Deadline;
  /** Lines that end the command as `rejected`: panics. */
  readonly rejects?: readonly RegExp[];
  readonly signal?: AbortSignal;
  /** Hears each line of the command as it comes, without the echo of what was typed. */
  readonly hear?: (line: Line) => void;
}

/** One way to speak to a shell. */
export interface ShellDialect {
  /** Waits until the shell shows that it listens. */
  open(options: RunOptions): Promise<Answer>;
  /** Makes a shell answer that should be at its prompt. */
  handshake(options: RunOptions): Promise<Answer>;
  run(command: string, options: RunOptions): Promise<CommandOutcome>;
}

/** What came of waiting for something that the shell says. */
export type Answer =
  | {
      readonly kind: 'answer';
      /** The line that the answer is on; it may be unfinished. */
      readonly index: number;
      /** Absent when the answer was the end of the unfinished line. */
      readonly match: RegExpExecArray | undefined;
    }
  | WaitFailure;
