import type { Bytes } from '../../units.ts';
import { TIME_PREFIX, type TracedEvent, tracedEvent } from './traced-event.ts';
import { isTyped, readTyped, type TypedEvent, typedNames } from './typed-event.ts';

/** A longer line is none of QEMU's; its end is not looked at. */
const LONGEST_LINE: Bytes = 4 * 2 ** 10;

/** Every event of QEMU's has a name of at least two words. */
const NAME = /^[a-z][A-Za-z0-9]{0,60}(?:_[A-Za-z0-9]{1,60}){1,20}$/;
const TIME = new RegExp(`^${TIME_PREFIX}`);
/** What else QEMU logs with such a name before it (`-d int` on x86-64). */
const NO_EVENTS: ReadonlySet<string> = new Set(['check_exception']);
const TYPED = new RegExp(typedNames.join('|'));
/** An event that stands behind something else: the beginning of an interrupt's record, or the prefix of somebody's logger. */
const WITHIN = new RegExp(`(?:${TIME_PREFIX})?(?<name>${typedNames.join('|')}) (?<args>.*)$`);
const [ZERO, NINE, LOWER_A, LOWER_Z] = [0x30, 0x39, 0x61, 0x7a];

type TakeEvent = (event: TracedEvent, typed: TypedEvent | undefined) => void;

/**
 * Reads the trace events in a log of anyone's, as it streams, whatever else is in it. Which events there are is not known: a
 * line counts as one when it looks like one. What looks like a typed event and does not read as one is told as broken.
 */
export class EventLogReader {
  readonly #take: TakeEvent;
  #partial = '';
  #skipsLine = false;
  #mayHideTyped = false;
  #otherLines = 0;
  #broken = 0;

  /** @param take Is told what each event says, too, where that is understood. */
  constructor(take: TakeEvent) {
    this.#take = take;
  }

  /** Lines that are no events, the empty ones not counted. */
  get otherLines(): number {
    return this.#otherLines;
  }

  /** Lines that begin as an event that is known and do not go on as one: cut, or of a QEMU that writes it in another way. */
  get broken(): number {
    return this.#broken;
  }

  push(bytes: Buffer): void {
    const text = this.#partial + bytes.toString('latin1');
    this.#mayHideTyped = TYPED.test(text);
    let from = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      if (!this.#skipsLine) this.#line(text.slice(from, end));
      this.#skipsLine = false;
      from = end + 1;
    }
    this.#partial = this.#skipsLine ? '' : text.slice(from);
    if (this.#partial.length <= LONGEST_LINE) return;
    this.#line(this.#partial);
    this.#partial = '';
    this.#skipsLine = true;
  }

  /** The log has ended, perhaps in the middle of a line: a number that is cut short would be another number. */
  end(): void {
    const rest = this.#partial;
    this.#partial = '';
    if (rest.trim() === '') return;
    if (isTyped(rest.split(' ', 1)[0]?.replace(TIME, '') ?? '')) this.#broken++;
    else this.#otherLines++;
  }

  #line(line: string): void {
    const text = line.length > LONGEST_LINE ? '' : line.trimEnd();
    if (text === '' && line.trim() === '') return;
    const found = this.#lineKind(text);
    if (found === 'other') this.#otherLines++;
    else if (found === 'broken') this.#broken++;
  }

  #lineKind(text: string): 'event' | 'broken' | 'other' {
    const first = text.charCodeAt(0);
    const isTimed = first >= ZERO && first <= NINE;
    // Most lines of a log of interrupts are told by their first character.
    if (!isTimed && !(first >= LOWER_A && first <= LOWER_Z)) return this.#kindWithin(text);
    const time = isTimed ? TIME.exec(text) : null;
    const line = time ? text.slice(time[0].length) : text;
    const space = line.indexOf(' ');
    const name = space < 0 ? line : line.slice(0, space);
    if (!NAME.test(name)) return this.#kindWithin(text);
    const args = space < 0 ? '' : line.slice(space + 1);
    const event = tracedEvent(name, args, time?.groups?.seconds, time?.groups?.micros);
    const typed = readTyped(event);
    if (isTyped(name) && !typed) return 'broken';
    // Of what any program may print, events differ in that they hold a number, or nothing at all.
    if (NO_EVENTS.has(name) || !/^$|\d/.test(args)) return 'other';
    this.#take(event, typed);
    return 'event';
  }

  /** Only those that are known well enough to be told from prose. */
  #kindWithin(text: string): 'event' | 'other' {
    if (!this.#mayHideTyped || !TYPED.test(text)) return 'other';
    const { name, args = '', seconds, micros } = WITHIN.exec(text)?.groups ?? {};
    if (name === undefined) return 'other';
    const event = tracedEvent(name, args, seconds, micros);
    const typed = readTyped(event);
    if (!typed) return 'other';
    this.#take(event, typed);
    return 'event';
  }
}
