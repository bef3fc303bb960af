import leven from 'leven';
import { DeclarationError, EnvironmentError } from '../errors.ts';
import { shown } from '../expected.ts';
import { type QmpClient, QmpClosedError, QmpCommandError } from '../qemu/qmp.ts';
import { EventFilter } from '../trace/events/event-filter.ts';
import { EventTally } from '../trace/events/event-tally.ts';
import type { TracedEvent } from '../trace/events/traced-event.ts';
import { Deadline, formatMillis, type Millis } from '../units.ts';

/**
 * QEMU logs this one with the id of each command of the monitor as it begins to carry it out: whoever has read it has read
 * everything that was logged before.
 */
const MARK = 'monitor_qmp_cmd_in_band';

/** It takes some hundredths of a second on an idle host; a QEMU without the log backend never logs the mark. */
const READ_WITHIN: Millis = 30_000;

/** A machine that logs more kinds than these does little else. */
const MOST_NAMES = 500;

type Monitor = Pick<QmpClient, 'execute' | 'lastId' | 'closed'>;

/** Trace events that are on, and what has come of them. */
export class EventRun {
  readonly names: ReadonlySet<string>;
  readonly patterns: readonly string[];
  readonly tally = new EventTally();
  readonly #listeners = new Set<(event: TracedEvent) => void>();
  readonly #tracer: EventTracer;

  constructor(tracer: EventTracer, patterns: readonly string[], names: ReadonlySet<string>) {
    this.#tracer = tracer;
    this.patterns = patterns;
    this.names = names;
  }

  /** Tells of each event, those that have come and are kept first. */
  subscribe(listener: (event: TracedEvent) => void): void {
    this.tally.result.last.forEach(listener);
    this.#listeners.add(listener);
  }

  take(event: TracedEvent): void {
    this.tally.take(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Resolves when everything is read that has come up to now. Never rejects: of a QEMU that does not answer, what there is. */
  catchUp(): Promise<void> {
    return this.#tracer.catchUp();
  }

  /** Switches them off, and resolves as {@link catchUp} does. */
  stop(): Promise<void> {
    return this.#tracer.stop(this);
  }
}

/**
 * Switches QEMU's trace events on and off while a machine runs, clones included: how it was started has nothing to do with
 * it. They come in the log of interrupts, and are taken out of it here.
 */
export class EventTracer {
  readonly #qmp: Monitor;
  readonly #now: () => Millis;
  readonly #filter = new EventFilter((event) => this.#take(event));
  readonly #runs = new Set<EventRun>();
  readonly #awaited = new Map<string, () => void>();
  #latest: EventRun | undefined;

  /** @param now Time since the machine was spawned. */
  constructor(qmp: Monitor, now: () => Millis) {
    this.#qmp = qmp;
    this.#now = now;
  }

  /** The run that was started last. */
  get latest(): EventRun | undefined {
    return this.#latest;
  }

  /** Takes the events out of the log. @returns what is left. */
  push(bytes: Buffer): Buffer {
    return this.#filter.push(bytes);
  }

  /** The log has ended. @returns what was left of it. */
  end(): Buffer {
    return this.#filter.end();
  }

  /**
   * Switches events on.
   * @param patterns Names, or patterns such as `pci_cfg_*`.
   * @throws DeclarationError naming one that this QEMU does not have, and those near it.
   * @throws EnvironmentError when QEMU has ended, or does not write its trace events to its log.
   */
  async start(patterns: readonly string[]): Promise<EventRun> {
    const run = await Deadline.after(READ_WITHIN).race([this.#start(patterns)], undefined);
    if (run) return run;
    throw new EnvironmentError(
      `QEMU wrote no trace event to its log within ${formatMillis(READ_WITHIN)}: it was built without the log backend (--enable-trace-backends=log), or its host is overloaded.`,
    );
  }

  async catchUp(): Promise<void> {
    await unlessEnded(this.#read());
  }

  async stop(run: EventRun): Promise<void> {
    await unlessEnded(this.#stop(run));
    this.#runs.delete(run);
  }

  async #start(patterns: readonly string[]): Promise<EventRun> {
    const run = new EventRun(this, patterns, await this.#namesOf(patterns));
    this.#runs.add(run);
    this.#latest = run;
    this.#filter.expect([MARK, ...[...this.#runs].flatMap(({ names }) => [...names])]);
    for (const pattern of [MARK, ...patterns]) await this.#switch(pattern, true);
    await this.#read();
    return run;
  }

  async #stop(run: EventRun): Promise<void> {
    for (const pattern of run.patterns) await this.#switch(pattern, false);
    const others = [...this.#runs].filter((other) => other !== run).flatMap(({ patterns }) => patterns);
    // Some of them, or the mark, may just have been switched off.
    for (const pattern of [MARK, ...others]) await this.#switch(pattern, true);
    await this.#read();
  }

  #take(event: TracedEvent): void {
    if (event.name === MARK) this.#awaited.get(event.args)?.();
    const taken = { ...event, atMs: this.#now() };
    for (const run of this.#runs) if (run.names.has(event.name)) run.take(taken);
  }

  /** Has QEMU mark its log, and waits until the mark is read, or QEMU has ended. */
  async #read(): Promise<void> {
    const answer = this.#qmp.execute('query-status');
    const mark = String(this.#qmp.lastId);
    const read = new Promise<void>((resolve) => this.#awaited.set(mark, resolve));
    try {
      await answer;
      await Promise.race([read, this.#qmp.closed]);
    } finally {
      this.#awaited.delete(mark);
    }
  }

  async #switch(name: string, enable: boolean): Promise<void> {
    await this.#qmp.execute('trace-event-set-state', { name, enable, 'ignore-unavailable': true });
  }

  async #namesOf(patterns: readonly string[]): Promise<ReadonlySet<string>> {
    const names = new Set<string>();
    for (const pattern of patterns) {
      const found = await this.#matching(pattern);
      if (found.length === 0) throw new DeclarationError(await this.#unknown(pattern));
      for (const name of found) names.add(name);
    }
    if (names.size > MOST_NAMES) {
      throw new DeclarationError(
        `events: ${patterns.map(shown).join(', ')} are ${names.size} trace events; expected at most ${MOST_NAMES}`,
      );
    }
    return names;
  }

  /** The events that can be switched on. */
  async #matching(pattern: string): Promise<string[]> {
    try {
      const found = await this.#qmp.execute('trace-event-get-state', { name: pattern });
      if (!Array.isArray(found)) return [];
      return found.flatMap(({ name, state }: { name?: unknown; state?: unknown }) =>
        typeof name === 'string' && /^\w+$/.test(name) && state !== 'unavailable' ? [name] : [],
      );
    } catch (error) {
      if (error instanceof QmpCommandError) return []; // It knows no such event.
      throw error;
    }
  }

  async #unknown(pattern: string): Promise<string> {
    const near = nearNames(pattern, await this.#matching('*'));
    const known = near.length > 0 ? `; there are ${near.join(', ')}` : '';
    return `events: this QEMU has no trace event ${shown(pattern)}${known} (\`-trace help\` lists all)`;
  }
}

/** A QEMU that has ended, or does not answer, is told of by others. */
async function unlessEnded(done: Promise<unknown>): Promise<void> {
  try {
    await Deadline.after(READ_WITHIN).race([done], undefined);
  } catch (error) {
    if (!(error instanceof QmpClosedError)) throw error;
  }
}

const MOST_NEAR = 5;

/** The names that somebody may have meant, the likeliest first. Of a pattern, its longest piece counts. */
export function nearNames(pattern: string, names: readonly string[]): string[] {
  const [word = ''] = pattern.split('*').sort((a, b) => b.length - a.length);
  if (word === '') return [];
  const most = Math.max(2, Math.floor(word.length / 3));
  const compared = (name: string) => (word === pattern ? name : name.slice(0, word.length));
  return names
    .map((name) => ({ name, edits: leven(word, compared(name), { maxDistance: most + 1 }) }))
    .filter(({ edits }) => edits <= most)
    .map(({ name, edits }) => ({ name, edits: hasSameLetters(word, compared(name)) ? edits - 1 : edits }))
    .sort((a, b) => a.edits - b.edits || (a.name < b.name ? -1 : 1))
    .slice(0, MOST_NEAR)
    .map(({ name }) => name);
}

/** Two letters that changed places are one mistake. */
function hasSameLetters(a: string, b: string): boolean {
  return [...a].sort().join('') === [...b].sort().join('');
}
