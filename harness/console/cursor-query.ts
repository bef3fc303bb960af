import type { GuestConsole } from './guest-console.ts';

/** Device Status Report 6, "where is the cursor?", and a Cursor Position Report (ECMA-48, 8.3.35 and 8.3.14). */
const QUERY = '\x1b[6n';
/** The upper left corner: nothing that the editor would have to correct. */
const REPORT = '\x1b[1;1R';

/**
 * A shell's line editor may ask the terminal where the cursor is when it has shown its prompt. busybox's does, and where no
 * answer has come before the line is complete, it waits 20 ms for one (libbb/lineedit.c): for each command. So it is answered,
 * in front of what is typed next; on its own, the answer might be read by somebody else.
 */
export class CursorQuery {
  readonly #console: GuestConsole;
  /** The question was put to the template of this machine. */
  #isInherited: boolean;

  constructor(console: GuestConsole, isInherited: boolean) {
    this.#console = console;
    this.#isInherited = isInherited;
  }

  /** Whether the unfinished line ends with the question, right behind this text. */
  stands(behind = ''): boolean {
    return this.#console.tailEndsWith(`${behind}${QUERY}`);
  }

  /**
   * What is to be typed in front of a command: the answer, or nothing where there is no question.
   * @param prompt The prompt that the shell shows, when it is known to be its own: a question behind anything else is not the shell's.
   */
  answer(prompt: string | undefined): string {
    const isAsked = this.#isInherited || (prompt !== undefined && this.stands(prompt));
    this.#isInherited = false;
    return isAsked ? REPORT : '';
  }
}
