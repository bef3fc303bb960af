import type { InterruptLogDialect, LineMeaning, LoggedFacts } from '../arch/interrupt-log.ts';
import type { Bytes, Millis } from '../units.ts';

/** One event of the interrupt log. */
export interface TraceEvent extends LoggedFacts {
  /** Since the machine was spawned, on the host's monotonic clock: when the line that begins it was read. */
  readonly atMs: Millis;
  /** Its lines as QEMU wrote them, register dump included; cut after {@link RAW_LIMIT}. */
  readonly raw: string;
  /** The log ended in the middle of it. */
  readonly truncated: boolean;
}

/** A whole dump with all its floating-point registers has 5 KB. */
export const RAW_LIMIT: Bytes = 8 * 2 ** 10;
/** No line of the format is near this; a longer one is cut. */
export const LINE_LIMIT: Bytes = 4 * 2 ** 10;

/** So much of a line that nobody knows is its name. */
export const UNKNOWN_NAME = 120;

interface OpenRecord {
  facts: LoggedFacts;
  readonly atMs: Millis;
  raw: string;
}

/**
 * Reads QEMU's interrupt log as it streams. Every line belongs to an event: what nobody knows is an event of its own, and
 * what is cut short says so. However the bytes are cut into pieces, the events are the same.
 */
export class InterruptLogReader {
  readonly #dialect: InterruptLogDialect;
  readonly #emit: (event: TraceEvent) => void;
  #partial = '';
  #record: OpenRecord | undefined;
  #announced: OpenRecord | undefined;
  #preceding: { facts: Partial<LoggedFacts>; raw: string } | undefined;

  constructor(dialect: InterruptLogDialect, emit: (event: TraceEvent) => void) {
    this.#dialect = dialect;
    this.#emit = emit;
  }

  push(bytes: Buffer, atMs: Millis): void {
    const text = this.#partial + bytes.toString('latin1');
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      this.#line(withoutReturn(text.slice(from, Math.min(end, from + LINE_LIMIT))), atMs);
      from = end + 1;
    }
    // Longer than any line: what follows up to its end is of no use.
    this.#partial = text.slice(from, from + LINE_LIMIT);
  }

  /** The event that more lines may yet add to: the last one, while the guest stands still. */
  get unfinished(): TraceEvent | undefined {
    return this.#record && this.#eventOf(this.#record);
  }

  /** The log has ended. */
  end(atMs: Millis): void {
    if (this.#partial !== '') this.#line(withoutReturn(this.#partial), atMs);
    this.#partial = '';
    this.#finish();
    this.#dropAnnouncement();
  }

  #line(line: string, atMs: Millis): void {
    const meaning = this.#meaningOf(line);
    switch (meaning?.kind) {
      case 'begins':
        this.#begin(meaning.facts, line, atMs);
        break;
      case 'alone':
        this.#begin(meaning.facts, line, atMs);
        this.#finish(true);
        break;
      case 'announces':
        this.#finish();
        this.#dropAnnouncement();
        this.#announced = { facts: meaning.facts, atMs, raw: line };
        break;
      case 'precedes':
        this.#finish();
        this.#preceding = { facts: meaning.facts, raw: line };
        break;
      case 'continues':
        this.#continue(meaning.facts, line, atMs);
        break;
      case undefined:
        if (this.#record && this.#dialect.dump.test(line)) this.#addDump(this.#record, line);
        else if (line.trim() !== '') this.#unknown(line, atMs);
        break;
      default:
        meaning satisfies never;
    }
  }

  #meaningOf(line: string): LineMeaning | undefined {
    if (!this.#dialect.beginnings.includes(line[0] ?? '\n')) return undefined;
    for (const { pattern, read } of this.#dialect.recognisers) {
      const match = pattern.exec(line);
      if (match) return read(match.groups ?? {});
    }
    return undefined;
  }

  #begin(facts: LoggedFacts, line: string, atMs: Millis): void {
    this.#finish();
    const announced = this.#announced;
    const isAnnounced = announced !== undefined && announced.facts.vector === facts.vector;
    if (!isAnnounced) this.#dropAnnouncement();
    this.#announced = undefined;
    const { facts: before, raw } = this.#preceding ?? { facts: {}, raw: '' };
    this.#preceding = undefined;
    const lines = [...(isAnnounced ? [announced.raw] : []), ...(raw ? [raw] : []), line];
    // An announced vector is an interrupt whatever its number: kernels may leave the PIC at the exceptions' vectors.
    const kind = isAnnounced ? { class: announced.facts.class, name: announced.facts.name } : {};
    this.#record = { facts: { ...facts, ...before, ...kind }, atMs, raw: lines.join('\n') };
  }

  #continue(facts: Partial<LoggedFacts>, line: string, atMs: Millis): void {
    if (!this.#record) {
      this.#unknown(line, atMs);
      return;
    }
    this.#record.facts = { ...this.#record.facts, ...ownFacts(this.#record.facts, facts) };
    this.#append(this.#record, line);
  }

  #addDump(record: OpenRecord, line: string): void {
    record.facts = { ...record.facts, ...dumpFacts(this.#dialect, line) };
    this.#append(record, line);
  }

  #append(record: OpenRecord, line: string): void {
    if (record.raw.length < RAW_LIMIT) record.raw += `\n${line}`;
  }

  #unknown(line: string, atMs: Millis): void {
    this.#begin({ class: 'unknown', name: line.slice(0, UNKNOWN_NAME) }, line, atMs);
    this.#finish(true);
  }

  #finish(whole = false): void {
    if (!this.#record) return;
    this.#emit(this.#eventOf(this.#record, whole));
    this.#record = undefined;
  }

  /** An interrupt that was announced and has no record: in real mode QEMU writes none. */
  #dropAnnouncement(): void {
    const announced = this.#announced;
    this.#announced = undefined;
    if (announced) this.#emit({ ...announced.facts, atMs: announced.atMs, raw: announced.raw, truncated: false });
  }

  #eventOf({ facts, atMs, raw }: OpenRecord, whole = false): TraceEvent {
    return { ...facts, atMs, raw: ownCopy(raw), truncated: !whole && !this.#dialect.lastLine.test(raw) };
  }
}

/** What of a line's facts is told of the event that it continues: the syndrome of an interrupt is that of an earlier exception. */
export function ownFacts(event: Pick<LoggedFacts, 'class'>, facts: Partial<LoggedFacts>): Partial<LoggedFacts> {
  const { class: refined, errorCode, ...rest } = facts;
  if (event.class === 'irq') return rest;
  return { ...rest, ...(refined && { class: refined }), ...(errorCode !== undefined && { errorCode }) };
}

/** What a line of a register dump tells besides the registers. */
export function dumpFacts({ dumpRecognisers = [] }: InterruptLogDialect, line: string): Partial<LoggedFacts> {
  for (const { pattern, read } of dumpRecognisers) {
    const match = pattern.exec(line);
    if (match) return read(match.groups ?? {});
  }
  return {};
}

/** Logs that went through Windows, or a terminal, end their lines with two characters. */
function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

/** A piece of a string keeps the whole of it in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
