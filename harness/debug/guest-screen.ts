import type { GuestConsole } from '../console/guest-console.ts';
import type { Line } from '../lines/line.ts';
import { visible } from '../lines/visible.ts';
import type { Millis } from '../units.ts';

/** A guest that has begun a line is left so long to end it. */
const PATIENCE: Millis = 250;

/** More of a line nobody reads. */
const LONGEST_LINE = 2_000;

type Console = Pick<GuestConsole, 'name' | 'tail' | 'subscribe'>;

/**
 * Shows what the consoles of a guest say, on a terminal that others write to as well: each line stands behind the name of its
 * console, and can be taken for nobody else's.
 */
export class GuestScreen implements Disposable {
  readonly #consoles: readonly Console[];
  readonly #write: (text: string) => void;
  readonly #stops: (() => void)[];
  /** The unfinished line of each console as it was shown last. */
  readonly #shown = new Map<Console, string>();
  /** The one whose unfinished line the cursor stands behind. */
  #open: Console | undefined;

  constructor(consoles: readonly Console[], write: (text: string) => void) {
    this.#consoles = consoles;
    this.#write = write;
    const timer = setInterval(() => this.showUnfinished(), PATIENCE).unref();
    this.#stops = consoles.map((console) => console.subscribe({ accept: (line) => this.#accept(console, line) }));
    this.#stops.push(() => clearInterval(timer));
  }

  /** Shows lines that have no end yet: prompts, above all. */
  showUnfinished(): void {
    for (const console of this.#consoles) {
      const text = visible(console.tail, LONGEST_LINE);
      if (text === '' || text === this.#shown.get(console)) continue;
      this.#show(console, text);
      this.#shown.set(console, text);
      this.#open = console;
    }
  }

  /** Others write next: they begin at the start of a line. */
  endLine(): void {
    if (this.#open) this.#write('\n');
    this.#open = undefined;
  }

  [Symbol.dispose](): void {
    for (const stop of this.#stops) stop();
    this.showUnfinished();
    this.endLine();
  }

  #accept(console: Console, { text }: Line): void {
    this.#show(console, visible(text, LONGEST_LINE));
    this.#write('\n');
    this.#shown.delete(console);
    this.#open = undefined;
  }

  /** Goes on behind what stands there already, where that is the beginning of the same line. */
  #show(console: Console, text: string): void {
    const before = this.#shown.get(console);
    if (this.#open === console && before !== undefined && text.startsWith(before)) {
      this.#write(text.slice(before.length));
      return;
    }
    this.endLine();
    this.#write(`[${console.name}] ${text}`);
  }
}
