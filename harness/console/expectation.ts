import type { Line } from '../lines/line.ts';
import { compileEndPattern, compileLinePattern, type TextPattern } from './patterns.ts';

/** What a caller waits for on a console, and what ends the waiting early. */
export interface Expectation {
  /** The index of the first line considered. The unfinished line counts from its own index on. */
  readonly from: number;
  /** A line that contains the string or matches the expression. */
  readonly line?: TextPattern;
  /** The end of the unfinished line, which has no newline yet; or a judge that is asked after each chunk. */
  readonly prompt?: TextPattern | PromptJudge;
  /** A line that matches one of these ends the waiting: it comes first, or it is the wanted line itself. */
  readonly rejects?: readonly RegExp[];
  /** Tells of each line, in order, whether it is exempt from the rejects: it repeats what was typed. */
  readonly isEcho?: (line: Line) => boolean;
  readonly signal?: AbortSignal;
}

/** Decides whether the unfinished line, with its text so far and its index, is the prompt. */
export type PromptJudge = (tail: string, index: number) => boolean;

/** What came of waiting. A silent, dead or panicking guest is a value here, never an exception. */
export type WaitOutcome =
  | { readonly kind: 'line'; readonly line: Line; readonly match: RegExpExecArray }
  | { readonly kind: 'prompt'; readonly tail: string }
  | { readonly kind: 'rejected'; readonly line: Line; readonly pattern: RegExp }
  /** The console ended, and what it had left to say was no match. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted' };

/** The pure half of a wait: whether a line or an unfinished line settles it. */
export class ExpectationJudge {
  readonly #from: number;
  readonly #line: RegExp | undefined;
  readonly #isPrompt: PromptJudge | undefined;
  readonly #rejects: ReadonlyArray<{ readonly declared: RegExp; readonly compiled: RegExp }>;

  readonly #isEcho: (line: Line) => boolean;

  constructor({ from, line, prompt, rejects = [], isEcho = () => false }: Expectation) {
    this.#from = from;
    this.#isEcho = isEcho;
    this.#line = line === undefined ? undefined : compileLinePattern(line);
    this.#isPrompt = prompt === undefined || typeof prompt === 'function' ? prompt : judgeBy(compileEndPattern(prompt));
    this.#rejects = rejects.map((declared) => ({ declared, compiled: compileLinePattern(declared) }));
  }

  /**
   * A line that is both wanted and rejected is rejected: a dying kernel writes into the middle of other lines, and a
   * false failure is found sooner than a false pass.
   */
  judgeLine(line: Line): WaitOutcome | undefined {
    if (line.index < this.#from) return undefined;
    const reject = this.#isEcho(line) ? undefined : this.#rejects.find(({ compiled }) => compiled.test(line.text));
    if (reject) return { kind: 'rejected', line, pattern: reject.declared };
    const match = this.#line?.exec(line.text);
    return match ? { kind: 'line', line, match } : undefined;
  }

  /** @param readTail is called only when a prompt is waited for: cleaning the unfinished line has a cost. */
  judgeTail(index: number, readTail: () => string): WaitOutcome | undefined {
    if (this.#isPrompt === undefined || index < this.#from) return undefined;
    const tail = readTail();
    return this.#isPrompt(tail, index) ? { kind: 'prompt', tail } : undefined;
  }
}

function judgeBy(pattern: RegExp): PromptJudge {
  return (tail) => pattern.test(tail);
}
