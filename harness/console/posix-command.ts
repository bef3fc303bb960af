import { randomBytes } from 'node:crypto';
import { DeclarationError } from '../errors.ts';

/**
 * What is typed to run one command in a POSIX shell, and what the shell then prints.
 *
 * The command is an argument of `eval`, in single quotes, so that what is typed is complete whatever the command is: an
 * unbalanced quote, a comment, `&` or a here-document end inside it, and the shell has read everything before the
 * command can read from the terminal. The status is that of the whole command, as `eval` returns it.
 *
 * Everything awaited contains a nonce of this run, and what is typed has it in two quoted halves: neither the echo of
 * the typed line, wrapped or not, nor a program that repeats an earlier dialogue can be mistaken for it. The prompt
 * changes with each command, so that the old one, redrawn by a line editor, is not the new one.
 */
export interface PosixCommand {
  /** Lines end with `\n` here. */
  readonly typed: string;
  /** How often the shell asks for the next line while it reads `typed`. */
  readonly continuations: number;
  /** A whole line, printed just before the command runs. */
  readonly begin: string;
  /** Group 1 is the status; it is absent when the shell's last status belongs to an earlier command. */
  readonly status: RegExp;
  readonly prompt: string;
  /** Asks for the status once more. */
  readonly askStatus: string;
  /** What only the echo of the typed line contains. */
  readonly echoed: string;
}

export function composePosixCommand(command: string, nonce = makeNonce()): PosixCommand {
  requireTypeable(command);
  const halves = splitNonce(nonce);
  // The newline before the status line ends an output that does not end by itself, however long its last line is.
  const askStatus = `echo;echo "<${halves}:$_tb>"\n`;
  const script = quote(command.includes('\n') ? `${command}\n` : command);
  return {
    typed: `PS1="tb-${halves}> ";echo "<${halves}>";eval ${script};_tb=${halves}.$?;${askStatus}`,
    continuations: script.split('\n').length - 1,
    begin: `<${nonce}>`,
    status: new RegExp(`<${nonce}:(?:${nonce}\\.(\\d+)|(?!${nonce})[0-9a-f.]*)>`),
    prompt: `tb-${nonce}> `,
    askStatus,
    echoed: halves,
  };
}

/** How a line begins in which the shell answers to what was typed: a prompt, or the begin or status of a command. */
export const POSIX_DIALOGUE = /^(?:tb[-+][0-9a-f]{8}> |<[0-9a-f]{8}[:>])/;

/** Makes the shell show prompts that nothing else prints: to learn that it is there, and that it listens. */
export interface PosixHandshake {
  readonly typed: string;
  readonly prompt: string;
  /** Shown from then on when the shell waits for the rest of a command. */
  readonly continuation: string;
}

export function composePosixHandshake(continuation = `tb+${makeNonce()}> `, nonce = makeNonce()): PosixHandshake {
  const [start, end] = [continuation.slice(0, 6), continuation.slice(6)];
  return { typed: `PS1="tb-${splitNonce(nonce)}> " PS2="${start}""${end}"\n`, prompt: `tb-${nonce}> `, continuation };
}

/** The text as one word of a POSIX shell. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** @throws DeclarationError for a command that cannot be typed: a line editor would take its bytes for keys. */
export function requireTypeable(command: string, lines: 'one' | 'many' = 'many'): void {
  const forbidden =
    /[\x00-\x09\x0b-\x1f\x7f]/.exec(command)?.[0] ?? (lines === 'one' ? /\n/.exec(command)?.[0] : undefined);
  if (forbidden === undefined) return;
  throw new DeclarationError(
    `A command that is typed cannot contain the character ${JSON.stringify(forbidden)}: ${JSON.stringify(command)}`,
  );
}

function makeNonce(): string {
  return randomBytes(4).toString('hex');
}

function splitNonce(nonce: string): string {
  return `${nonce.slice(0, 4)}""${nonce.slice(4)}`;
}
