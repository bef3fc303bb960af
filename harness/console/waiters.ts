import type { Line } from '../lines/line.ts';
import type { Deadline, Millis } from '../units.ts';
import { type Expectation, ExpectationJudge, type WaitOutcome } from './expectation.ts';

/** What a wait sees of its console. */
export interface WatchedConsole {
  readonly nextIndex: number;
  readonly tail: string;
  readonly lastByteAtMs: Millis;
  readonly hasEnded: boolean;
  since(index: number): readonly Line[];
}

/** The waits that are open on one console. Each is settled once, by the first cause. */
export class Waiters {
  readonly #console: WatchedConsole;
  readonly #open = new Set<Waiter>();

  constructor(console: WatchedConsole) {
    this.#console = console;
  }

  wait(expectation: Expectation, deadline: Deadline): Promise<WaitOutcome> {
    return new Promise((resolve) => {
      const { signal } = expectation;
      const judge = new ExpectationJudge(expectation);
      const settled = signal?.aborted ? ({ kind: 'aborted' } as const) : this.#judgePast(expectation.from, judge);
      if (settled) return resolve(settled);

      const onAbort = (): void => waiter.settle({ kind: 'aborted' });
      const callOff = deadline.whenPassed(() => this.#expire(waiter));
      const waiter: Waiter = {
        judge,
        settle: (outcome) => {
          if (!this.#open.delete(waiter)) return;
          callOff();
          signal?.removeEventListener('abort', onAbort);
          resolve(outcome);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#open.add(waiter);
    });
  }

  takeLine(line: Line): void {
    for (const waiter of this.#open) settleIf(waiter, waiter.judge.judgeLine(line));
  }

  /** After each chunk, when the unfinished line may have become a prompt. */
  takeTail(): void {
    for (const waiter of this.#open) settleIf(waiter, this.#judgeTail(waiter.judge));
  }

  takeEnd(): void {
    for (const waiter of this.#open) waiter.settle({ kind: 'closed' });
  }

  #judgePast(from: number, judge: ExpectationJudge): WaitOutcome | undefined {
    for (const line of this.#console.since(from)) {
      const outcome = judge.judgeLine(line);
      if (outcome) return outcome;
    }
    return this.#judgeTail(judge) ?? (this.#console.hasEnded ? { kind: 'closed' } : undefined);
  }

  #judgeTail(judge: ExpectationJudge): WaitOutcome | undefined {
    return judge.judgeTail(this.#console.nextIndex, () => this.#console.tail);
  }

  /** The unfinished line is judged as it stands, because a kernel may die, or report, without a newline. */
  #expire(waiter: Waiter): void {
    const { nextIndex: index, tail: text, lastByteAtMs: atMs } = this.#console;
    const line: Line = { index, atMs, text, truncated: false };
    waiter.settle((text === '' ? undefined : waiter.judge.judgeLine(line)) ?? { kind: 'timeout' });
  }
}

interface Waiter {
  readonly judge: ExpectationJudge;
  settle(outcome: WaitOutcome): void;
}

function settleIf(waiter: Waiter, outcome: WaitOutcome | undefined): void {
  if (outcome) waiter.settle(outcome);
}
