import type { Line } from '../lines/line.ts';
import { awaitDeclaredPrompt } from './declared-prompt.ts';
import { Dialogue } from './dialogue.ts';
import { hearBeyondEcho } from './echo.ts';
import type { GuestConsole } from './guest-console.ts';
import { compileEndPattern, compileLinePattern, compileStartPattern, escapeRegExp } from './patterns.ts';
import { requireTypeable } from './posix-command.ts';
import type { Answer, RunOptions, ShellDialect } from './shell-dialect.ts';
import type { CommandOutcome, ShellSpec, ShellStatus } from './shell-spec.ts';

/**
 * Speaks to a shell of which only the prompt is known. The prompt coming back ends a command, so a program that prints
 * the prompt and then falls silent is taken for finished: a kernel whose shell understands POSIX is better served so.
 */
export class PlainShell implements ShellDialect {
  readonly #console: GuestConsole;
  readonly #spec: ShellSpec;
  readonly #status: Exclude<ShellStatus, 'posix'>;

  constructor(console: GuestConsole, spec: ShellSpec, status: Exclude<ShellStatus, 'posix'>) {
    this.#console = console;
    this.#spec = spec;
    this.#status = status;
  }

  async open(options: RunOptions): Promise<Answer> {
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const sighted = await awaitDeclaredPrompt(dialogue, this.#spec.prompt);
    return await this.#renewPrompt(dialogue, sighted);
  }

  async handshake(options: RunOptions): Promise<Answer> {
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const end = compileEndPattern(this.#spec.prompt);
    const { nextIndex: from, tail: before } = this.#console;
    const isNew = (tail: string, index: number): boolean => index > from || tail !== before;
    return await dialogue.ask('\n', { from, prompt: (tail, index) => end.test(tail) && isNew(tail, index) });
  }

  async run(command: string, options: RunOptions): Promise<CommandOutcome> {
    const outcome = await this.#execute(command, options);
    if (this.#status === 'none' || outcome.kind !== 'finished') return outcome;

    const { output, truncatedOutput } = outcome;
    const told = await this.#execute(this.#status.command, options);
    if (told.kind !== 'finished') return { ...told, output, truncatedOutput };
    const pattern = compileLinePattern(this.#status.line);
    const status = told.output.map((line) => pattern.exec(line.text)?.[1]).find((text) => text !== undefined);
    if (status === undefined) return { kind: 'no-status', output, truncatedOutput };
    return { kind: 'finished', status: Number(status), output, truncatedOutput };
  }

  async #execute(command: string, options: RunOptions): Promise<CommandOutcome> {
    requireTypeable(command, 'one');
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const { nextIndex: from, tail: before } = this.#console;
    // The old prompt is still there, and the echo grows behind it; a guest without echo goes on in the same line.
    const isNew = (tail: string, index: number): boolean =>
      index > from || !command.startsWith(tail.slice(before.length));
    const start = compileStartPattern(this.#spec.prompt);
    const torn = new RegExp(`${start.source}(?!${escapeRegExp(command.slice(0, 8))})`, start.flags);
    const echo = { text: command, prompts: [before] };

    const stopHearing = hearBeyondEcho(this.#console, echo, options.hear);
    dialogue.type(`${command}\n`);
    const sighted = await awaitDeclaredPrompt(dialogue, this.#spec.prompt, { from, isNew, torn, echo });
    const back = await this.#renewPrompt(dialogue, sighted).finally(stopHearing);
    const kept = this.#console.since(from);
    const truncatedOutput = kept.length < this.#console.nextIndex - from;
    const unfinished = this.#unfinished(from, before);
    for (const line of unfinished) options.hear?.(line);
    const output = [...(truncatedOutput ? kept : withoutEcho(kept, from, before, command)), ...unfinished];
    return back.kind === 'answer'
      ? { kind: 'finished', status: undefined, output, truncatedOutput }
      : { ...back, output, truncatedOutput };
  }

  /** What stands before the prompt because the command's last line had no newline. */
  #unfinished(from: number, before: string): readonly Line[] {
    const end = compileEndPattern(this.#spec.prompt);
    const { tail, nextIndex: index, lastByteAtMs: atMs } = this.#console;
    // Where the pattern is only the end of a prompt, its beginning cannot be told from output.
    const isWholePrompt = end.exec(before)?.index === 0;
    const text = tail.slice(index === from ? before.length : 0, end.exec(tail)?.index ?? 0);
    return isWholePrompt && text !== '' ? [{ index, atMs, text, truncated: false }] : [];
  }

  /** A prompt that a kernel message was printed onto does not stand at the end: an empty line shows it again. */
  async #renewPrompt(dialogue: Dialogue, sighted: Answer): Promise<Answer> {
    const { prompt } = this.#spec;
    if (sighted.kind !== 'answer' || compileEndPattern(prompt).test(this.#console.tail)) return sighted;
    return await dialogue.ask('\n', { from: this.#console.nextIndex, prompt });
  }
}

/** The typed line comes back behind the old prompt, as one line or cut by a line editor at the width of the terminal. */
function withoutEcho(lines: readonly Line[], from: number, before: string, command: string): readonly Line[] {
  const output: Line[] = [];
  let echo = command;
  for (const line of lines) {
    const text = line.index === from && line.text.startsWith(before) ? line.text.slice(before.length) : line.text;
    const isEcho = output.length === 0 && echo.startsWith(text) && (echo !== '' || line.index === from);
    if (isEcho) echo = echo.slice(text.length);
    else output.push(text === line.text ? line : { ...line, text });
  }
  return output;
}
