import type { Line } from '../lines/line.ts';
import type { WaitOutcome } from './expectation.ts';
import type { TextPattern } from './patterns.ts';
import type { Typing } from './typist.ts';

/** How a target's shell is spoken to. Plain data, as a target declares it. */
export interface ShellSpec {
  /** What stands at the end of the unfinished line when the shell waits for a command, blanks included. */
  readonly prompt: TextPattern;
  readonly status: ShellStatus;
  /** What ends a typed line. Default `\n`; `\r` where the kernel does not translate it. */
  readonly enter?: '\n' | '\r';
  /** Types slowly, for kernels that lose characters. */
  readonly typing?: Typing | undefined;
}

export type ShellStatus =
  /** A POSIX shell: `eval`, `echo`, `$?`, `PS1`. Commands may have several lines, and no output can forge a status. */
  | 'posix'
  /** After each command this one is run; group 1 of the first line that matches is the status. */
  | { readonly command: string; readonly line: RegExp }
  /** The shell tells no status: a command has finished when the prompt is back. */
  | 'none';

/** What a machine cloned from one with an open session needs to go on with it. Plain data. */
export interface ShellSnapshot {
  /** What the guest's shell shows when it waits for the rest of a command. */
  readonly continuation?: string;
  /** The guest's line editor has asked where the cursor is, and waits for an answer. */
  readonly asksForCursor?: boolean;
}

/** What came of one command. */
export type CommandOutcome = CommandEnd & {
  /** What the command printed, without the echo of the typed line, the prompts and the status. Kernel messages are in it. */
  readonly output: readonly Line[];
  /** The beginning of the output was no longer in memory. */
  readonly truncatedOutput: boolean;
};

export type CommandEnd =
  /** The status is absent only where the shell tells none. */
  | { readonly kind: 'finished'; readonly status: number | undefined }
  /** The prompt came back but no status: the shell did not understand the command. */
  | { readonly kind: 'no-status' }
  /**
   * The shell asks for the rest of the command: typed characters were lost, or others were typed before. It was
   * interrupted with ^C; `usable` says whether it answered after that.
   */
  | { readonly kind: 'wants-more-input'; readonly usable: boolean }
  | WaitFailure;

/** A wait that ended without what was waited for. */
export type WaitFailure = Exclude<WaitOutcome, { kind: 'line' | 'prompt' }>;
