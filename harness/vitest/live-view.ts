import type { Reporter, Vitest } from 'vitest/node';
import { palette, wantsColour } from '../report/palette.ts';
import { type Millis, monotonicMs } from '../units.ts';
import { LiveBoard } from './live-board.ts';
import type { LiveEvent } from './live-feed.ts';

const REMIND_EVERY: Millis = 5_000;
/** However low the terminal is, of one machine at least something is to be seen. */
const LEAST_ROWS = 2;

/** The part of vitest's own reporters that draws below what scrolls by, on a terminal. vitest does not declare it. */
interface Summary {
  createSummary: () => string[];
  readonly renderer?: { readonly schedule?: () => void };
}

/**
 * Shows the cases that run now. On a terminal they stand above vitest's summary, in the region that vitest redraws; a
 * region of our own would fight with it. Elsewhere each case is announced in a line when it starts.
 */
export class LiveView {
  readonly #board = new LiveBoard();
  #vitest: Vitest | undefined;
  /** What draws; `undefined` where lines are printed, or before it is known. */
  #summary: Summary | undefined;
  #reminding: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** Finds where to draw. To be called once vitest has its reporters. */
  attach(vitest: Vitest): void {
    this.#vitest = vitest;
    const summary = summaryOf(vitest);
    if (!summary) return;
    this.#summary = summary;
    const drawSummary = summary.createSummary.bind(summary);
    summary.createSummary = () => {
      if (this.#isClosed) return [];
      const below = drawSummary();
      const lines = this.#lines(below.length);
      return lines.length > 0 ? ['', ...lines, ...below] : below;
    };
  }

  begin(): void {
    this.#board.clear();
    if (this.#vitest && !this.#summary) this.#reminding = setInterval(() => this.#remind(), REMIND_EVERY).unref();
  }

  end(): void {
    this.#board.clear();
    clearInterval(this.#reminding);
  }

  /**
   * Ends for good, and leaves nothing below what is printed next.
   * @returns what ran just now, a line for each case.
   */
  close(): readonly string[] {
    const standing = this.#board.standing(monotonicMs());
    this.#isClosed = true;
    this.end();
    return standing;
  }

  hear(event: LiveEvent): void {
    const lines = this.#board.take(event, monotonicMs());
    if (this.#isClosed) return;
    if (!this.#summary || event.kind === 'gone') for (const line of lines) console.log(line);
    this.#summary?.renderer?.schedule?.();
  }

  #lines(below: number): string[] {
    // A terminal that nobody has told its size says 0.
    const [columns, rows] = [process.stdout.columns || 80, process.stdout.rows || 24];
    const room = { columns: columns - 1, rows: Math.max(LEAST_ROWS, rows - below - 2) };
    return this.#board.lines(monotonicMs(), room, palette(wantsColour(process.stdout)));
  }

  #remind(): void {
    for (const line of this.#board.reminders(monotonicMs())) console.log(line);
  }
}

function summaryOf(vitest: Vitest): Summary | undefined {
  const { reporters } = vitest as unknown as { readonly reporters?: readonly (Reporter & { summary?: unknown })[] };
  return reporters?.map(({ summary }) => summary).find(isSummary);
}

function isSummary(summary: unknown): summary is Summary {
  return (
    typeof summary === 'object' &&
    summary !== null &&
    'createSummary' in summary &&
    typeof summary.createSummary === 'function'
  );
}
