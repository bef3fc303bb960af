import { TwinbootError } from '../errors.ts';
import type { Deadline } from '../units.ts';
import type { GuestConsole } from './guest-console.ts';
import { PlainShell } from './plain-shell.ts';
import { quote } from './posix-command.ts';
import { PosixShell } from './posix-shell.ts';
import type { RunOptions, ShellDialect } from './shell-dialect.ts';
import type { CommandOutcome, ShellSnapshot, ShellSpec, WaitFailure } from './shell-spec.ts';

export type OpenedShell = { readonly kind: 'open'; readonly session: ShellSession } | WaitFailure;

/**
 * Waits for the target's prompt and opens a session. A POSIX shell is then given prompts of the session's own and must
 * show them, so that a prompt printed by something else is not believed.
 */
export async function openShell(
  console: GuestConsole,
  spec: ShellSpec,
  deadline: Deadline,
  rejects: readonly RegExp[] = [],
  signal?: AbortSignal,
): Promise<OpenedShell> {
  const session = new ShellSession(console, spec, {});
  const opened = await session.open({ deadline, rejects, ...(signal && { signal }) });
  return opened ?? { kind: 'open', session };
}

/** The session of a template, in its clone: the guest's shell is at its prompt, but this console has not seen it. */
export function resumeShell(console: GuestConsole, spec: ShellSpec, snapshot: ShellSnapshot): ShellSession {
  return new ShellSession(console, spec, snapshot);
}

/**
 * A shell at its prompt. It runs one command at a time. After a command that did not come back the session is *lost*,
 * and only {@link alive} may be asked.
 */
export class ShellSession {
  readonly #dialect: ShellDialect;
  readonly #posix: PosixShell | undefined;
  #state: 'idle' | 'running' | 'lost' = 'idle';

  /** @internal Sessions come from {@link openShell} and {@link resumeShell}. */
  constructor(console: GuestConsole, spec: ShellSpec, snapshot: ShellSnapshot) {
    if (spec.status === 'posix') {
      this.#posix = new PosixShell(console, spec, snapshot);
      this.#dialect = this.#posix;
    } else {
      this.#dialect = new PlainShell(console, spec, spec.status);
    }
  }

  get snapshot(): ShellSnapshot {
    return this.#posix?.snapshot ?? {};
  }

  get state(): 'idle' | 'running' | 'lost' {
    return this.#state;
  }

  /** @internal */
  async open(options: RunOptions): Promise<WaitFailure | undefined> {
    const answer = await this.#dialect.open(options);
    return answer.kind === 'answer' ? undefined : answer;
  }

  /**
   * Types a command and waits until the shell is back at its prompt.
   * @throws DeclarationError when the command cannot be typed.
   * @throws TwinbootError when the session is not idle.
   */
  async run(command: string, options: RunOptions): Promise<CommandOutcome> {
    this.#require('run()', ['idle']);
    this.#state = 'running';
    try {
      const outcome = await this.#dialect.run(command, options);
      this.#state = isUsableAfter(outcome) ? 'idle' : 'lost';
      return outcome;
    } finally {
      if (this.#state === 'running') this.#state = 'idle';
    }
  }

  /** Whether the shell knows a program, builtin or function of this name; `undefined` when it cannot say. */
  async exists(program: string, deadline: Deadline): Promise<boolean | undefined> {
    if (!this.#posix) return undefined;
    switch (await this.#statusOf(`command -v ${quote(program)}`, deadline)) {
      case 0:
        return true;
      case 1:
        return false;
      case 127:
        // dash's way to say no, and that of any shell that has no `command` at all.
        return (await this.#statusOf('command -v :', deadline)) === 0 ? false : undefined;
      default:
        return undefined;
    }
  }

  async #statusOf(command: string, deadline: Deadline): Promise<number | undefined> {
    const outcome = await this.run(command, { deadline });
    return outcome.kind === 'finished' ? outcome.status : undefined;
  }

  /** Whether the shell answers. A lost session whose shell does is idle again. */
  async alive(deadline: Deadline): Promise<boolean> {
    this.#require('alive()', ['idle', 'lost']);
    this.#state = 'running';
    const answer = await this.#dialect.handshake({ deadline });
    this.#state = answer.kind === 'answer' ? 'idle' : 'lost';
    return this.#state === 'idle';
  }

  #require(call: string, states: readonly string[]): void {
    if (states.includes(this.#state)) return;
    throw new TwinbootError(
      `${call} needs a shell session that is ${states.join(' or ')}; this one is ${this.#state}.`,
    );
  }
}

function isUsableAfter(outcome: CommandOutcome): boolean {
  switch (outcome.kind) {
    case 'finished':
    case 'no-status':
      return true;
    case 'wants-more-input':
      return outcome.usable;
    case 'rejected':
    case 'closed':
    case 'timeout':
    case 'aborted':
      return false;
    default:
      return outcome satisfies never;
  }
}
