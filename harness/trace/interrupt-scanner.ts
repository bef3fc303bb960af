import type { ArchDescription } from '../arch/arch.ts';
import { Line, type LineScanner, SCAN_MARGIN, ScannedEvent, Told } from '../arch/interrupt-bytes.ts';
import type { InterruptLogDialect, LineMeaning, LoggedFacts } from '../arch/interrupt-log.ts';
import type { Bytes } from '../units.ts';
import { dumpFacts, LINE_LIMIT, ownFacts, RAW_LIMIT, UNKNOWN_NAME } from './interrupt-log.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Reads whole logs: the same events that {@link InterruptLogReader} finds, as numbers, many times faster. Lines that come by
 * the million are read where they stand; what the architecture's scanner is unsure of, the recognisers are asked.
 */
export class InterruptScanner {
  readonly #dialect: InterruptLogDialect;
  readonly #scanner: LineScanner;
  readonly #emit: (event: ScannedEvent) => void;
  readonly #line = { event: new ScannedEvent(), next: 0, isLast: false, budget: 0 };
  /** The beginning of a line whose end is in the next piece, as far as anybody looks at it. */
  readonly #partial = Buffer.alloc(LINE_LIMIT);
  #partialLength: Bytes = 0;
  #partialAt: Bytes = 0;
  /** Where in the log the piece at hand begins. */
  #base: Bytes = 0;
  #record = new ScannedEvent();
  #isOpen = false;
  /** As the reader counts what it keeps of an event. */
  #rawLength = 0;
  #sawLast = false;
  #announced = new ScannedEvent();
  #isAnnounced = false;
  #announcedLength = 0;
  #during = -1;
  #raised: LoggedFacts['raised'];
  #precedingAt: Bytes = -1;
  #precedingLength = 0;

  /** @param emit An event is only good until this returns. */
  constructor(
    { interruptLog, lineScanner }: Pick<ArchDescription, 'interruptLog' | 'lineScanner'>,
    emit: (event: ScannedEvent) => void,
  ) {
    this.#dialect = interruptLog;
    this.#scanner = lineScanner;
    this.#emit = emit;
  }

  push(bytes: Buffer): void {
    let at = this.#partialLength > 0 ? this.#completePartial(bytes) : 0;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (at < end) {
      this.#lines(bytes, at, end);
      at = end;
    }
    if (at < bytes.length) this.#keepPartial(bytes, at);
    this.#base += bytes.length;
  }

  /** The event that more lines may yet add to; good until the next call. */
  get unfinished(): Readonly<ScannedEvent> | undefined {
    return this.#isOpen ? this.#record : undefined;
  }

  /** The log has ended. */
  end(): void {
    if (this.#partialLength > 0) this.#readLine(this.#partial, 0, this.#partialLength, this.#partialAt);
    this.#partialLength = 0;
    this.#finish(this.#base);
    this.#dropAnnouncement();
  }

  #lines(bytes: Buffer, from: number, end: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, end);
    const [line, scanner, base] = [this.#line, this.#scanner, this.#base];
    const sureEnd = end - SCAN_MARGIN;
    let at = from;
    while (at < end) {
      line.budget = RAW_LIMIT - this.#rawLength;
      const kind =
        at < sureEnd ? scanner.scan(bytes, view, at, line, this.#isOpen ? this.#record : undefined) : Line.unsure;
      if (kind === Line.unsure) {
        const newline = bytes.indexOf(NEWLINE, at);
        this.#readLine(bytes, at, newline, base + at);
        at = newline + 1;
        continue;
      }
      this.#take(kind, base + at, lengthOf(bytes, at, line.next - 1), line.isLast);
      at = line.next;
    }
  }

  /** @returns where the next line begins; past the end where there is none. */
  #completePartial(bytes: Buffer): number {
    const newline = bytes.indexOf(NEWLINE);
    const end = newline < 0 ? bytes.length : newline;
    this.#partialLength += bytes.copy(this.#partial, this.#partialLength, 0, end);
    if (newline < 0) return bytes.length;
    this.#readLine(this.#partial, 0, this.#partialLength, this.#partialAt);
    this.#partialLength = 0;
    return newline + 1;
  }

  #keepPartial(bytes: Buffer, at: number): void {
    this.#partialAt = this.#base + at;
    this.#partialLength = bytes.copy(this.#partial, 0, at);
  }

  /** Asks the recognisers. */
  #readLine(bytes: Buffer, at: number, end: number, absolute: Bytes): void {
    const length = lengthOf(bytes, at, end);
    const text = bytes.toString('latin1', at, at + length);
    const meaning = this.#meaningOf(text);
    const isLast = this.#dialect.lastLine.test(text);
    if (meaning) {
      const { event } = this.#line;
      if (meaning.kind === 'continues') fillFacts(this.#record, ownFacts(this.#record, meaning.facts));
      else {
        event.clear();
        fillFacts(event, meaning.facts);
      }
      this.#take(KINDS[meaning.kind], absolute, length, isLast, text);
    } else if (this.#isOpen && this.#dialect.dump.test(text)) {
      fillFacts(this.#record, dumpFacts(this.#dialect, text));
      this.#take(Line.dump, absolute, length, isLast, text);
    } else if (text.trim() !== '') this.#unknown(text, absolute, length);
  }

  #meaningOf(line: string): LineMeaning | undefined {
    if (!this.#dialect.beginnings.includes(line[0] ?? '\n')) return undefined;
    for (const { pattern, read } of this.#dialect.recognisers) {
      const match = pattern.exec(line);
      if (match) return read(match.groups ?? {});
    }
    return undefined;
  }

  #take(kind: Line, at: Bytes, length: number, isLast: boolean, text = ''): void {
    switch (kind) {
      case Line.dump:
      case Line.continues:
        if (!this.#isOpen) this.#unknown(text, at, length);
        else if (this.#rawLength < RAW_LIMIT) {
          this.#rawLength += length + 1;
          if (isLast) this.#sawLast = true;
        }
        break;
      case Line.begins:
        this.#begin(at, length, isLast);
        break;
      case Line.alone:
        this.#begin(at, length, isLast);
        this.#finish(at + length + 1, true);
        break;
      case Line.announces:
        this.#finish(at);
        this.#dropAnnouncement();
        this.#announce(at, length);
        break;
      case Line.precedes:
        this.#finish(at);
        this.#during = this.#line.event.during;
        this.#raised = this.#line.event.raised;
        this.#precedingAt = at;
        this.#precedingLength = length;
        break;
      case Line.unsure:
        break;
      default:
        kind satisfies never;
    }
  }

  #begin(at: Bytes, length: number, isLast: boolean): void {
    this.#finish(this.#precedingAt >= 0 ? this.#precedingAt : at);
    const { event } = this.#line;
    const isAnnounced = this.#isAnnounced && this.#announced.vector === event.vector;
    if (!isAnnounced) this.#dropAnnouncement();
    event.startsAt = at;
    this.#rawLength = length;
    this.#sawLast = isLast;
    if (this.#precedingAt >= 0) {
      event.startsAt = this.#precedingAt;
      this.#rawLength += this.#precedingLength + 1;
      if (this.#during >= 0) event.during = this.#during;
      if (this.#raised) event.raised = this.#raised;
      this.#precedingAt = -1;
    }
    if (isAnnounced) {
      // An announced vector is an interrupt whatever its number: kernels may leave the PIC at the exceptions' vectors.
      event.class = this.#announced.class;
      event.name = this.#announced.name;
      event.startsAt = this.#announced.startsAt;
      this.#rawLength += this.#announcedLength + 1;
      this.#isAnnounced = false;
    }
    this.#line.event = this.#record;
    this.#record = event;
    this.#isOpen = true;
  }

  #unknown(text: string, at: Bytes, length: number): void {
    const { event } = this.#line;
    event.clear();
    event.name = text.slice(0, UNKNOWN_NAME);
    this.#begin(at, length, false);
    this.#finish(at + length + 1, true);
  }

  #announce(at: Bytes, length: number): void {
    const { event } = this.#line;
    this.#line.event = this.#announced;
    this.#announced = event;
    event.startsAt = at;
    event.endsAt = at + length + 1;
    this.#announcedLength = length;
    this.#isAnnounced = true;
  }

  #finish(endsAt: Bytes, whole = false): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#record.endsAt = endsAt;
    this.#record.truncated = !whole && !this.#sawLast;
    this.#emit(this.#record);
  }

  /** An interrupt that was announced and has no record: in real mode QEMU writes none. */
  #dropAnnouncement(): void {
    if (!this.#isAnnounced) return;
    this.#isAnnounced = false;
    this.#emit(this.#announced);
  }
}

const KINDS = {
  begins: Line.begins,
  alone: Line.alone,
  announces: Line.announces,
  precedes: Line.precedes,
  continues: Line.continues,
} as const satisfies Record<LineMeaning['kind'], Line>;

/** A line's length as the recognisers see it. */
function lengthOf(bytes: Buffer, at: number, end: number): number {
  const length = Math.min(end - at, LINE_LIMIT);
  return length > 0 && bytes[at + length - 1] === RETURN ? length - 1 : length;
}

function fillFacts(event: ScannedEvent, facts: Partial<LoggedFacts>): void {
  const { pc, sp, faultAddress, errorCode, handlers } = facts;
  event.class = facts.class ?? event.class;
  event.name = facts.name ?? event.name;
  event.cpu = facts.cpu ?? event.cpu;
  event.vector = facts.vector ?? event.vector;
  event.from = facts.from ?? event.from;
  event.to = facts.to ?? event.to;
  event.during = facts.during ?? event.during;
  event.raised = facts.raised ?? event.raised;
  event.number = facts.number ?? event.number;
  event.codeBits = facts.codeBits ?? event.codeBits;
  event.inSystemManagement = facts.inSystemManagement ?? event.inSystemManagement;
  if (pc !== undefined) [event.pcHigh, event.pcLow] = halves(pc);
  if (sp !== undefined) [event.spHigh, event.spLow] = halves(sp);
  if (faultAddress !== undefined) [event.faultHigh, event.faultLow] = halves(faultAddress);
  if (errorCode !== undefined) [event.errorHigh, event.errorLow] = halves(errorCode);
  if (handlers !== undefined) [event.handlersHigh, event.handlersLow] = halves(handlers);
  event.told |=
    (pc === undefined ? 0 : Told.pc) |
    (sp === undefined ? 0 : Told.sp) |
    (faultAddress === undefined ? 0 : Told.faultAddress) |
    (errorCode === undefined ? 0 : Told.errorCode) |
    (handlers === undefined ? 0 : Told.handlers);
}

function halves(value: bigint): [high: number, low: number] {
  return [Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value))];
}
