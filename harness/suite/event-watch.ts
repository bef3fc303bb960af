import { EnvironmentError } from '../errors.ts';
import { visibleLine } from '../lines/visible.ts';
import type { EventRun } from '../machine/event-tracer.ts';
import type { Machine } from '../machine/machine.ts';
import { QmpClosedError } from '../qemu/qmp.ts';
import type { TracedEvents } from '../trace/events/event-tally.ts';
import type { TracedEvent } from '../trace/events/traced-event.ts';
import type { ExpectedEvents } from './plan.ts';

/** What trace events say of a case. */
export interface EventFindings {
  readonly traced?: TracedEvents;
  /** What was expected of them and does not hold. */
  readonly unmet?: readonly string[];
}

/** Counts a case's trace events against what it expects of them. */
export class EventWatch {
  readonly #run: EventRun | undefined;
  readonly #counts: readonly EventCount[];
  #ending: Promise<void> | undefined;

  /** @param run Events that are on; `undefined` where none are asked for. What it has seen counts. */
  constructor(run: EventRun | undefined, expected: readonly ExpectedEvents[]) {
    this.#run = run;
    this.#counts = expected.map((each) => new EventCount(each));
    run?.subscribe((event) => {
      for (const count of this.#counts) count.take(event);
    });
  }

  /** Switches the events off; resolves when all of them are read. Calling it again is harmless. */
  end(): Promise<void> {
    this.#ending ??= this.#run?.stop() ?? Promise.resolve();
    return this.#ending;
  }

  /** Resolves when all that has come up to now is read. */
  async catchUp(): Promise<void> {
    await this.#run?.catchUp();
  }

  /** What has been seen up to now. */
  get findings(): EventFindings {
    if (!this.#run) return {};
    return { traced: this.#run.tally.result, unmet: this.#counts.flatMap((count) => count.complaint ?? []) };
  }
}

/**
 * Switches on the events of a case whose machine runs already.
 * @throws DeclarationError for an event that QEMU does not have; EnvironmentError when its log cannot be read.
 */
export async function watchEvents(machine: Machine, expected: readonly ExpectedEvents[]): Promise<EventWatch> {
  if (expected.length === 0) return new EventWatch(undefined, expected);
  try {
    return new EventWatch(await traceEvents(machine, patternsOf(expected)), expected);
  } catch (error) {
    if (error instanceof QmpClosedError) return new EventWatch(undefined, expected); // How it died is told by its end.
    throw error;
  }
}

export function patternsOf(expected: readonly ExpectedEvents[]): string[] {
  return [...new Set(expected.map(({ pattern }) => pattern))];
}

/** Counts the events that one expectation is about. */
export class EventCount {
  readonly #expected: ExpectedEvents;
  readonly #names: RegExp;
  #count = 0;
  #others = 0;
  #lastOther: TracedEvent | undefined;

  constructor(expected: ExpectedEvents) {
    this.#expected = expected;
    this.#names = new RegExp(`^${expected.pattern.replaceAll('*', '.*')}$`);
  }

  take(event: TracedEvent): void {
    if (!this.#names.test(event.name)) return;
    const { matching } = this.#expected;
    if (!matching || event.args.search(matching) >= 0) this.#count++;
    else {
      this.#others++;
      this.#lastOther = event;
    }
  }

  /** What does not hold, for people; `undefined` when all is as expected. */
  get complaint(): string | undefined {
    const { pattern, min, max, matching } = this.#expected;
    const tooFew = min !== undefined && this.#count < min;
    const tooMany = max !== undefined && this.#count > max;
    if (!tooFew && !tooMany) return undefined;
    const what = matching ? `${pattern} with ${matching}` : pattern;
    const wanted = tooFew ? `at least ${min}` : `at most ${max}`;
    return `the trace event ${what} came ${times(this.#count)}, expected ${wanted}${this.#insteadText}`;
  }

  get #insteadText(): string {
    const { name, args } = this.#lastOther ?? {};
    if (name === undefined) return '';
    return `; without that it came ${times(this.#others)}, the last: ${visibleLine(`${name} ${args}`, 120)}`;
  }
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

/**
 * Switches events on in a machine.
 * @throws DeclarationError for an event that QEMU does not have.
 * @throws EnvironmentError when QEMU has ended, or its log cannot be read.
 */
export async function traceEvents({ tracer }: Machine, patterns: readonly string[]): Promise<EventRun> {
  if (tracer) return tracer.start(patterns);
  throw new EnvironmentError("A launcher starts QEMU with its own arguments: QEMU's trace events cannot be read.");
}
