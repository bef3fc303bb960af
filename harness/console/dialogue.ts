import type { Deadline, Millis } from '../units.ts';
import type { Expectation } from './expectation.ts';
import type { GuestConsole } from './guest-console.ts';
import type { Answer, RunOptions } from './shell-dialect.ts';
import type { ShellSpec } from './shell-spec.ts';

/** How long a text that was typed may stay unanswered before it is typed again. */
const FIRST_PATIENCE: Millis = 1_000;
const LONGEST_PATIENCE: Millis = 4_000;

/** Typing to a shell and waiting for it, with one run's rejects, signal and deadline. */
export class Dialogue implements Disposable {
  readonly console: GuestConsole;
  readonly #spec: ShellSpec;
  readonly #options: RunOptions;
  readonly #typing = new AbortController();

  constructor(console: GuestConsole, spec: ShellSpec, options: RunOptions) {
    this.console = console;
    this.#spec = spec;
    this.#options = options;
  }

  /** Nobody waits for the typing: a guest that does not read must not outlast the deadline. */
  type(text: string): void {
    const keys = text.replaceAll('\n', this.#spec.enter ?? '\n');
    void this.console.send(keys, { typing: this.#spec.typing, signal: this.#typing.signal });
  }

  async wait(expectation: Expectation, deadline = this.#options.deadline): Promise<Answer> {
    const { rejects = [], signal } = this.#options;
    const outcome = await this.console.wait({ ...expectation, rejects, ...(signal && { signal }) }, deadline);
    switch (outcome.kind) {
      case 'line':
        return { kind: 'answer', index: outcome.line.index, match: outcome.match };
      case 'prompt':
        return { kind: 'answer', index: this.console.nextIndex, match: undefined };
      default:
        return outcome;
    }
  }

  /**
   * Types, waits for the answer, and types again after a while: a kernel that was not listening yet has lost the text,
   * and a kernel message may have torn the answer apart. What is typed must do no harm when it is read twice.
   */
  async ask(text: string, answer: Expectation): Promise<Answer> {
    for (let patience = FIRST_PATIENCE; ; patience = Math.min(2 * patience, LONGEST_PATIENCE)) {
      this.type(text);
      const outcome = await this.wait(answer, this.within(patience));
      if (outcome.kind !== 'timeout' || this.#options.deadline.passed) return outcome;
    }
  }

  /** Resolves to `timeout` after so much silence, or at the deadline; to `answer` as soon as the guest says anything. */
  silence(duration: Millis): Promise<Answer> {
    const { bytesSeen, nextIndex } = this.console;
    return this.wait({ from: nextIndex, prompt: () => this.console.bytesSeen !== bytesSeen }, this.within(duration));
  }

  /** So long, but not past the deadline. */
  within(duration: Millis): Deadline {
    return this.#options.deadline.within(duration);
  }

  /** What is not typed yet will not be. */
  [Symbol.dispose](): void {
    this.#typing.abort();
  }
}
