import type { TextPattern } from '../console/patterns.ts';

/** A command that is typed at a guest's shell, and what a machine that has just booted shows when it can be. */
export interface TypedCommand {
  readonly command: string;
  readonly prompt: TextPattern;
  /** What ends a typed line. */
  readonly enter: '\n' | '\r';
}
