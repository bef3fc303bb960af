import type { Line } from '../lines/line.ts';
import type { Millis } from '../units.ts';
import { CursorQuery } from './cursor-query.ts';
import { awaitDeclaredPrompt } from './declared-prompt.ts';
import { Dialogue } from './dialogue.ts';
import { hearBeyondEcho, recogniseEcho, type TypedText } from './echo.ts';
import type { GuestConsole } from './guest-console.ts';
import { escapeRegExp } from './patterns.ts';
import { composePosixCommand, composePosixHandshake, type PosixCommand } from './posix-command.ts';
import type { Answer, RunOptions, ShellDialect } from './shell-dialect.ts';
import type { CommandEnd, CommandOutcome, ShellSnapshot, ShellSpec } from './shell-spec.ts';

/** How long a shell may take to answer ^C. */
const INTERRUPT_PATIENCE: Millis = 5_000;
/** How long after the status the prompt may take before an empty line is typed. */
const PROMPT_PATIENCE: Millis = 1_000;

/** Speaks to a POSIX shell; see {@link PosixCommand} for what is typed and why. */
export class PosixShell implements ShellDialect {
  readonly #console: GuestConsole;
  readonly #spec: ShellSpec;
  /** What the shell shows when it waits for the rest of a command. */
  readonly #continuation: string;
  readonly #cursor: CursorQuery;
  #asksForCursor: boolean;
  /** The last one that the shell was given. */
  #prompt: string | undefined;

  /** @param snapshot How an earlier session left the guest; empty for a new one. */
  constructor(console: GuestConsole, spec: ShellSpec, snapshot: ShellSnapshot) {
    this.#console = console;
    this.#spec = spec;
    this.#continuation = snapshot.continuation ?? composePosixHandshake().continuation;
    this.#asksForCursor = snapshot.asksForCursor ?? false;
    this.#cursor = new CursorQuery(console, this.#asksForCursor);
  }

  get snapshot(): ShellSnapshot {
    return { continuation: this.#continuation, asksForCursor: this.#asksForCursor };
  }

  async open(options: RunOptions): Promise<Answer> {
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const sighted = await awaitDeclaredPrompt(dialogue, this.#spec.prompt);
    if (sighted.kind !== 'answer') return sighted;
    this.#asksForCursor = this.#cursor.stands();
    return this.handshake(options);
  }

  async handshake(options: RunOptions): Promise<Answer> {
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const { typed, prompt } = composePosixHandshake(this.#continuation);
    this.#answerCursorQuery(dialogue);
    this.#prompt = prompt;
    return await dialogue.ask(typed, { from: this.#console.nextIndex, line: prompt, prompt });
  }

  async run(command: string, options: RunOptions): Promise<CommandOutcome> {
    using dialogue = new Dialogue(this.#console, this.#spec, options);
    const posix = composePosixCommand(command);
    const run = new PosixRun(dialogue, posix, this.#continuation);
    this.#answerCursorQuery(dialogue);
    this.#prompt = posix.prompt;
    const { end, output, truncatedOutput } = await run.finish(options.hear);
    if (end.kind !== 'wants-more-input') return { ...end, output, truncatedOutput };
    dialogue.type('\x03');
    const answer = await this.handshake({ ...options, deadline: dialogue.within(INTERRUPT_PATIENCE) });
    return { ...end, usable: answer.kind === 'answer', output, truncatedOutput };
  }

  #answerCursorQuery(dialogue: Dialogue): void {
    const answer = this.#cursor.answer(this.#prompt);
    if (answer) dialogue.type(answer);
  }
}

interface RunEnd {
  readonly end: CommandEnd;
  readonly output: readonly Line[];
  readonly truncatedOutput: boolean;
}

/** One command on its way: typed, answered with a status, back at the prompt. */
class PosixRun {
  readonly #dialogue: Dialogue;
  readonly #posix: PosixCommand;
  readonly #continuation: string;
  readonly #from: number;

  constructor(dialogue: Dialogue, posix: PosixCommand, continuation: string) {
    this.#dialogue = dialogue;
    this.#posix = posix;
    this.#continuation = continuation;
    this.#from = dialogue.console.nextIndex;
  }

  async finish(hear: RunOptions['hear']): Promise<RunEnd> {
    const { typed, begin } = this.#posix;
    const { console } = this.#dialogue;
    const echo: TypedText = { text: typed, prompts: [console.tail, this.#continuation], until: begin };
    const stopHearing = hearBeyondEcho(console, echo, hear);
    try {
      return await this.#finish(echo);
    } finally {
      stopHearing();
    }
  }

  async #finish(echo: TypedText): Promise<RunEnd> {
    const { status, prompt, typed } = this.#posix;
    this.#dialogue.type(typed);
    const first = await this.#dialogue.wait({
      from: this.#from,
      isEcho: recogniseEcho(echo),
      line: new RegExp(`${status.source}|^(?<prompt>${escapeRegExp(prompt)})`),
      prompt: (tail) => tail.endsWith(prompt) || this.#wantsMore(tail),
    });
    if (first.kind !== 'answer') return this.#end(first);
    if (first.match && !first.match.groups?.prompt)
      return this.#end(await this.#returnWith(first.match, first.index), first.index);
    if (!first.match && !this.#dialogue.console.tail.endsWith(prompt))
      return this.#end({ kind: 'wants-more-input', usable: false });
    return this.#end(await this.#askStatus(first.index), first.index);
  }

  /**
   * The shell is back, but the status was not seen: it did not understand the command, or a kernel message was printed
   * into the middle of the status. The shell still knows which.
   */
  async #askStatus(promptIndex: number): Promise<CommandEnd> {
    const { status, askStatus } = this.#posix;
    const answer = await this.#dialogue.ask(askStatus, { from: promptIndex, line: status });
    return answer.kind === 'answer' ? this.#returnWith(answer.match, answer.index) : answer;
  }

  /** The next command may be typed once the prompt stands. If a kernel message tore it apart, an empty line renews it. */
  async #returnWith(match: RegExpExecArray | undefined, statusIndex: number): Promise<CommandEnd> {
    const { prompt } = this.#posix;
    const atPrompt = { from: statusIndex + 1, line: prompt, prompt };
    const first = await this.#dialogue.wait(atPrompt, this.#dialogue.within(PROMPT_PATIENCE));
    const back = first.kind === 'timeout' ? await this.#dialogue.ask('\n', atPrompt) : first;
    if (back.kind !== 'answer') return back;
    const status = match?.[1];
    return status === undefined ? { kind: 'no-status' } : { kind: 'finished', status: Number(status) };
  }

  /** A command of several lines is asked for each of them; one question more means that it never became complete. */
  #wantsMore(tail: string): boolean {
    if (!tail.endsWith(this.#continuation)) return false;
    const texts = [...this.#dialogue.console.since(this.#from).map((line) => line.text), tail];
    const questions = texts.reduce((count, text) => count + text.split(this.#continuation).length - 1, 0);
    return questions > this.#posix.continuations;
  }

  /** @param before The line where the shell, not the command, speaks again. */
  #end(end: CommandEnd, before = this.#dialogue.console.nextIndex): RunEnd {
    const kept = this.#dialogue.console.since(this.#from).filter((line) => line.index < before);
    const begin = kept.findIndex((line) => line.text.endsWith(this.#posix.begin));
    const echoEnd = begin >= 0 ? begin : kept.findLastIndex((line) => line.text.includes(this.#posix.echoed));
    const output = kept.slice(echoEnd + 1);
    // The newline in front of the status: it is a line of its own unless it ended the command's last one.
    if (end.kind === 'finished' && output.at(-1)?.text === '') output.pop();
    return { end, output, truncatedOutput: kept.length < before - this.#from };
  }
}
