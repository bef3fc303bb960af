import { DeclarationError, TwinbootError } from '../errors.ts';
import type { Line } from '../lines/line.ts';
import { visible } from '../lines/visible.ts';
import { Deadline, formatMillis, type Millis, parseMillis } from '../units.ts';
import type { WaitOutcome } from './expectation.ts';
import type { GuestConsole } from './guest-console.ts';
import { describePattern, type TextPattern } from './patterns.ts';

const DEFAULT_WITHIN: Millis = 10_000;

export interface ExpectOptions {
  /** `'5s'`, `'250ms'` or milliseconds. Default 10 s. */
  readonly within?: string | Millis;
  /** Lines that end the waiting at once, beside those the console was given. */
  readonly reject?: RegExp | readonly RegExp[];
  readonly signal?: AbortSignal;
}

export interface ConsoleExpectOptions {
  /** The index of the first line considered. Default 0: what was printed before this object was made counts, too. */
  readonly from?: number;
  /** Lines that end every waiting, such as the target's panic patterns. */
  readonly rejects?: readonly RegExp[];
  /** Makes the deadline of each waiting. Default: all time counts. */
  readonly deadlineAfter?: (within: Millis) => Deadline;
}

/**
 * A console as a test sees it. Expectations are ordered: each considers only what came after the line that the one
 * before it matched.
 */
export class ConsoleExpect {
  readonly #console: GuestConsole;
  readonly #rejects: readonly RegExp[];
  readonly #deadlineAfter: (within: Millis) => Deadline;
  #from: number;

  constructor(console: GuestConsole, options: ConsoleExpectOptions = {}) {
    this.#console = console;
    this.#rejects = options.rejects ?? [];
    this.#deadlineAfter = options.deadlineAfter ?? Deadline.after;
    this.#from = options.from ?? 0;
  }

  /**
   * Waits for a line that matches, or that contains the string.
   * @throws ConsoleExpectationError when another line came first, the console closed, or the time was up.
   */
  async expect(pattern: TextPattern, options: ExpectOptions = {}): Promise<{ line: Line; match: RegExpExecArray }> {
    const within = parseWithin(options.within);
    const deadline = this.#deadlineAfter(within);
    const outcome = await this.#console.wait({ ...this.#expectation(options), line: pattern }, deadline);
    if (outcome.kind !== 'line') throw this.#errorFor('line', pattern, within, outcome);
    this.#from = outcome.line.index + 1;
    return { line: outcome.line, match: outcome.match };
  }

  /**
   * Waits until the unfinished line ends so: a prompt, a question that waits for an answer. What is then typed is
   * echoed on that line, so the next expectation considers the lines after it.
   * @returns the unfinished line.
   * @throws ConsoleExpectationError as {@link expect}.
   */
  async expectPrompt(prompt: TextPattern, options: ExpectOptions = {}): Promise<string> {
    const within = parseWithin(options.within);
    const outcome = await this.#console.wait({ ...this.#expectation(options), prompt }, this.#deadlineAfter(within));
    if (outcome.kind !== 'prompt') throw this.#errorFor('prompt', prompt, within, outcome);
    this.#from = this.#console.nextIndex + 1;
    return outcome.tail;
  }

  #expectation({ reject = [], signal }: ExpectOptions) {
    const rejects = [...this.#rejects, ...(reject instanceof RegExp ? [reject] : reject)];
    return { from: this.#from, rejects, ...(signal && { signal }) };
  }

  #errorFor(wanted: 'line' | 'prompt', pattern: TextPattern, within: Millis, outcome: WaitOutcome) {
    const { lastLine, lastByteAtMs, tail } = this.#console;
    return new ConsoleExpectationError({ wanted, pattern, within, outcome, lastLine, lastByteAtMs, tail });
  }
}

interface ConsoleExpectationFacts {
  readonly wanted: 'line' | 'prompt';
  readonly pattern: TextPattern;
  readonly within: Millis;
  readonly outcome: WaitOutcome;
  readonly lastLine: Line | undefined;
  readonly lastByteAtMs: Millis;
  readonly tail: string;
}

/** The guest did not say what a test expected of it. */
export class ConsoleExpectationError extends TwinbootError {
  override readonly name = 'ConsoleExpectationError';
  /** What ended the waiting instead. */
  readonly outcome: WaitOutcome;
  readonly pattern: TextPattern;
  /** Absent when the guest never finished a line. */
  readonly lastLine: Line | undefined;

  constructor(facts: ConsoleExpectationFacts) {
    super([describeOutcome(facts), ...describeFacts(facts)].join('\n'));
    this.outcome = facts.outcome;
    this.pattern = facts.pattern;
    this.lastLine = facts.lastLine;
  }
}

function describeOutcome({ wanted, pattern, within, outcome }: ConsoleExpectationFacts): string {
  const missed = `No ${wanted} matched ${describePattern(pattern)}`;
  switch (outcome.kind) {
    case 'timeout':
      return `${missed} within ${within} ms; the machine was still running.`;
    case 'closed':
      return `${missed} before the console closed.`;
    case 'aborted':
      return `${missed} before the waiting was aborted.`;
    case 'rejected':
      return `${missed} before a line matched ${describePattern(outcome.pattern)}.`;
    case 'line':
    case 'prompt':
      return `${missed}.`;
    default:
      return outcome satisfies never;
  }
}

function describeFacts({ outcome, lastLine, lastByteAtMs, tail }: ConsoleExpectationFacts): string[] {
  const fact = (name: string, text: string, atMs: Millis): string =>
    `  ${name.padEnd(10)}  ${visible(text)}  (${formatMillis(atMs)} after spawn)`;
  return [
    ...(outcome.kind === 'rejected' ? [fact('rejected', outcome.line.text, outcome.line.atMs)] : []),
    lastLine ? fact('last line', lastLine.text, lastLine.atMs) : '  last line   none',
    ...(tail === '' ? [] : [fact('unfinished', tail, lastByteAtMs)]),
  ];
}

function parseWithin(within: string | Millis = DEFAULT_WITHIN): Millis {
  const parsed = parseMillis(within);
  if (parsed !== undefined) return parsed;
  throw new DeclarationError(
    `within: expected a duration such as "5s", "250ms" or milliseconds, got ${JSON.stringify(within)}`,
  );
}
