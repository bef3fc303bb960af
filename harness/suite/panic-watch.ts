import type { GuestConsole } from '../console/guest-console.ts';
import { compileEndPattern, compileStartPattern, type TextPattern, withoutMemory } from '../console/patterns.ts';
import { POSIX_DIALOGUE } from '../console/posix-command.ts';
import type { Line } from '../lines/line.ts';
import type { Machine } from '../machine/machine.ts';
import { PanicReader, type PanicReport } from '../verdict/panic-report.ts';
import type { TargetDeclaration } from './declaration.ts';
import { isPrinting } from './settle.ts';

/** More than any report that says last that it was fatal has above that line. */
const LINES_BEFORE = 200;

/** Waits for the first line that says that the kernel has died, and keeps the report that it stands in. */
export class PanicWatch implements Disposable {
  readonly #machine: Machine;
  readonly #patterns: readonly RegExp[];
  readonly #prompts: readonly TextPattern[];
  /** Where the case begins on each console. */
  readonly #beginnings: ReadonlyMap<GuestConsole, number>;
  #found: { readonly console: GuestConsole; readonly reader: PanicReader; readonly stop: () => void } | undefined;

  constructor(
    machine: Machine,
    { panics = [], shell }: Pick<TargetDeclaration, 'panics' | 'shell'>,
    from: 'first line' | 'next line',
  ) {
    this.#machine = machine;
    this.#patterns = panics.map(withoutMemory);
    // A pattern that matches nothing at all stands anywhere.
    const declared = shell && !compileStartPattern(shell.prompt).test('') ? [shell.prompt] : [];
    this.#prompts = shell?.status === 'posix' ? [...declared, POSIX_DIALOGUE] : declared;
    this.#beginnings = new Map(
      machine.consoles.map((console) => [console, from === 'next line' ? console.nextIndex : 0]),
    );
  }

  /** @returns whether this line is the first that says so. */
  accept(line: Line, console: GuestConsole): boolean {
    if (this.#found || !this.#patterns.some((pattern) => pattern.test(line.text))) return false;
    const from = Math.max(this.#beginnings.get(console) ?? 0, line.index - LINES_BEFORE);
    const reader = new PanicReader({
      console: console.name,
      before: console.since(from).filter(({ index }) => index < line.index),
      panic: line,
      prompts: this.#prompts.map(compileStartPattern),
    });
    for (const later of console.since(line.index + 1)) reader.accept(later);
    this.#found = { console, reader, stop: console.subscribe(reader) };
    return true;
  }

  /** Whether a report has begun whose kernel has more to say. */
  get expectsMore(): boolean {
    return this.#found?.reader.expectsMore === true;
  }

  /** The report as far as it has come. */
  get report(): PanicReport | undefined {
    if (!this.#found) return undefined;
    const { console, reader } = this.#found;
    const { tail, hasEnded, closedInMidLine } = console;
    const isPrompt = this.#prompts.some((prompt) => compileEndPattern(prompt).test(tail));
    return reader.report({
      unfinished: isPrompt ? '' : tail,
      closed: hasEnded ? (closedInMidLine ? 'in the middle of a line' : 'at the end of a line') : 'no',
      isPrinting: isPrinting(this.#machine, console),
    });
  }

  [Symbol.dispose](): void {
    this.#found?.stop();
  }
}
