import type { Line } from '../lines/line.ts';
import type { Bytes, Millis } from '../units.ts';
import { reportHeadline } from './report-headline.ts';
import { isAftermath, linesBeforePanic, mayEnd, roleOf } from './report-openings.ts';

/** What a kernel printed when it died. */
export interface PanicReport {
  /** The console that it came from. */
  readonly console: string;
  /** When the line came that one of the target's patterns matched. Since spawn. */
  readonly atMs: Millis;
  /** What it is about, in the kernel's own words. */
  readonly headline: string;
  /** From its first line. Of a long one the beginning and the end, and between them a line that says how much is left out. */
  readonly lines: readonly string[];
  /** It was not over when it ended. */
  readonly truncated: boolean;
}

const HEAD_LINES = 200;
const TAIL_LINES = 50;
const HEAD_BYTES: Bytes = 48 * 2 ** 10;
const TAIL_BYTES: Bytes = 16 * 2 ** 10;
const LINE_CHARS = 1_000;

/** A kernel that is dying does not pause. */
const SILENCE: Millis = 2_000;
/** Lines after the end of an oops among which a panic that comes of it may stand. */
const AFTERMATH_WITHIN = 40;

export interface PanicReaderOptions {
  readonly console: string;
  /** Lines of the case that came before, as many as there are. */
  readonly before: readonly Line[];
  /** The line that one of the target's patterns matched. */
  readonly panic: Line;
  /** Each matches the beginning of a line where a prompt stands: a kernel that shows one lives on. */
  readonly prompts: readonly RegExp[];
}

/** How the console stood when the report was asked for. */
export interface ConsoleState {
  /** The line that has not ended; no prompt. */
  readonly unfinished: string;
  readonly closed: 'no' | 'at the end of a line' | 'in the middle of a line';
  /** It is still printing, and nobody waits for the rest. */
  readonly isPrinting: boolean;
}

/** Cuts a crash report out of a console, line by line. Memory is bounded, whatever the guest prints. */
export class PanicReader {
  readonly #console: string;
  readonly #atMs: Millis;
  readonly #prompts: readonly RegExp[];
  readonly #panic: string;
  /** Where that line stands in the report. */
  readonly #matched: number;
  readonly #head: string[] = [];
  #headBytes: Bytes = 0;
  #tail: string[] = [];
  #tailBytes: Bytes = 0;
  #leftOut = 0;
  /** Lines after the end of an oops, which belong to the report if a panic comes of it; `undefined` before. */
  #aftermath: string[] | undefined;
  #lastIndex: number;
  #lastAtMs: Millis;
  #isOver = false;
  /** Its kernel ends such a report with a line of its own, which has not come. */
  #needsEnd = false;
  /** A panic that resets the machine at once has no last line. */
  #mayReset = false;

  constructor({ console, before, panic, prompts }: PanicReaderOptions) {
    this.#console = console;
    this.#atMs = panic.atMs;
    this.#prompts = prompts;
    // A kernel may die at its prompt, and on the same line.
    this.#panic = prompts.reduce((text, prompt) => text.replace(prompt, ''), panic.text);
    this.#lastIndex = panic.index;
    this.#lastAtMs = panic.atMs;
    const near = before.slice(
      before.findLastIndex((line, index) => this.#isApart(line, before[index + 1] ?? panic)) + 1,
    );
    const texts = near.map(({ text }) => text);
    this.#matched = linesBeforePanic(texts, this.#panic);
    for (const text of [...texts.slice(texts.length - this.#matched), this.#panic]) this.#take(text);
  }

  /** A line that came after the panic. One that was heard already, or comes after the end, is nothing to it. */
  accept({ index, atMs, text }: Line): void {
    if (this.#isOver || index <= this.#lastIndex) return;
    this.#isOver = atMs - this.#lastAtMs > SILENCE || this.#beginsWithPrompt(text);
    this.#lastIndex = index;
    this.#lastAtMs = atMs;
    if (!this.#isOver) this.#take(text);
  }

  /** The rest of the report is still to come, whatever pause its kernel makes. */
  get expectsMore(): boolean {
    return this.#needsEnd && !this.#isOver;
  }

  /** What has come up to now. */
  report({ unfinished, closed, isPrinting }: ConsoleState): PanicReport {
    const lacksEnd = this.#needsEnd && !(this.#mayReset && closed === 'at the end of a line');
    const goesOn = !this.#isOver && this.#aftermath === undefined;
    const last = goesOn && unfinished.trim() !== '' ? [unfinished.slice(0, LINE_CHARS)] : [];
    const omission = this.#leftOut > 0 ? [`[… ${this.#leftOut} lines are left out here …]`] : [];
    return {
      console: this.#console,
      atMs: this.#atMs,
      // Lines of great length above it may leave no room for it in the head.
      headline: this.#matched < this.#head.length ? reportHeadline(this.#head, this.#matched) : this.#panic,
      lines: withoutBlankEnd([...this.#head, ...omission, ...this.#tail, ...last]),
      truncated: lacksEnd || (goesOn && (last.length > 0 || closed === 'in the middle of a line' || isPrinting)),
    };
  }

  /** Whether what stands in a line is not of what comes in the next. */
  #isApart({ text, atMs }: Line, next: Line): boolean {
    return next.atMs - atMs > SILENCE || this.#beginsWithPrompt(text);
  }

  #beginsWithPrompt(text: string): boolean {
    return this.#prompts.some((prompt) => prompt.test(text));
  }

  #take(text: string): void {
    // Past the beginning only an end makes a difference.
    const role = this.#tail.length === 0 || mayEnd(text) ? roleOf(text) : 'other';
    if (this.#aftermath) {
      if (isAftermath(text) || role === 'end') this.#endAftermath();
      else {
        this.#aftermath.push(clipped(text));
        this.#isOver = this.#aftermath.length >= AFTERMATH_WITHIN;
        return;
      }
    }
    this.#keep(clipped(text));
    switch (role) {
      case 'opening that has an end':
        this.#needsEnd = true;
        this.#mayReset = isAftermath(text);
        break;
      case 'end of an oops':
        this.#needsEnd = false;
        this.#aftermath = [];
        break;
      case 'end':
        this.#needsEnd = false;
        this.#isOver = true;
        break;
      case 'opening':
      case 'other':
        break;
      default:
        role satisfies never;
    }
  }

  #endAftermath(): void {
    for (const text of this.#aftermath ?? []) this.#keep(text);
    this.#aftermath = undefined;
  }

  #keep(text: string): void {
    const cost = text.length;
    const fitsHead = this.#head.length < HEAD_LINES && this.#headBytes + cost <= HEAD_BYTES;
    if (fitsHead && this.#tail.length === 0) {
      this.#head.push(text);
      this.#headBytes += cost;
      return;
    }
    this.#tail.push(text);
    this.#tailBytes += cost;
    while (this.#tail.length > TAIL_LINES || this.#tailBytes > TAIL_BYTES) {
      this.#tailBytes -= this.#tail.shift()?.length ?? 0;
      this.#leftOut++;
    }
  }
}

function withoutBlankEnd(lines: readonly string[]): readonly string[] {
  return lines.slice(0, lines.findLastIndex((line) => line.trim() !== '') + 1);
}

/** An own copy: a piece of a string keeps the whole of it in memory. */
function clipped(text: string): string {
  return text.length <= LINE_CHARS ? text : Buffer.from(`${text.slice(0, LINE_CHARS)}…`).toString();
}
