import { ScannedEvent } from '../arch/interrupt-bytes.ts';
import type { Bytes } from '../units.ts';

/** What an entry takes: three doubles, then words of 32 bits. */
const STRIDE: Bytes = 64;
const DOUBLES = STRIDE / 8;
const WORDS = STRIDE / 4;
/** Where in an entry the words begin. */
const FIRST_WORD = 6;
const FIRST_SIZE: Bytes = 64 * 2 ** 10;

/** What many events have in common. */
export type EventKind = Readonly<
  Pick<
    ScannedEvent,
    | 'class'
    | 'name'
    | 'cpu'
    | 'vector'
    | 'from'
    | 'to'
    | 'told'
    | 'handlersHigh'
    | 'handlersLow'
    | 'during'
    | 'raised'
    | 'codeBits'
    | 'inSystemManagement'
    | 'truncated'
  >
>;

/** Events in a row, as one thread hands them to another. */
export interface EventBlock {
  readonly kinds: readonly EventKind[];
  /** Each event's kind, and what is its own. */
  readonly numbers: ArrayBuffer;
  /** How many entries there are. */
  readonly length: number;
}

/** So many kinds are looked through for that of an event. What is not found is one more: nothing asks for there to be few. */
const LOOK_THROUGH = 32;

/** Packs events. Of lines that nobody knows only how many they are is of interest: those in a row are one entry. */
export class EventPacker {
  readonly #base: Bytes;
  #numbers: ArrayBuffer;
  #doubles: Float64Array;
  #words: Int32Array;
  #length = 0;
  #kinds: EventKind[] = [];
  /** Which kind the last event had that looked alike. */
  readonly #guesses = new Uint32Array(256);
  #isInUnknown = false;

  /**
   * @param base Where in the log the events' scanner began.
   * @param numbers Memory to use, if it is enough.
   */
  constructor(base: Bytes, numbers = new ArrayBuffer(FIRST_SIZE)) {
    this.#base = base;
    this.#numbers = numbers;
    this.#doubles = new Float64Array(numbers);
    this.#words = new Int32Array(numbers);
  }

  take(event: ScannedEvent): void {
    const isUnknown = event.class === 'unknown';
    if (isUnknown && this.#isInUnknown) {
      const repeats = (this.#length - 1) * DOUBLES + 2;
      this.#doubles[repeats] = (this.#doubles[repeats] as number) + 1;
      return;
    }
    this.#isInUnknown = isUnknown;
    const entry = this.#length++;
    if (this.#length * STRIDE > this.#numbers.byteLength) this.#grow();
    const doubles = this.#doubles;
    const words = this.#words;
    const first = entry * DOUBLES;
    const word = entry * WORDS + FIRST_WORD;
    doubles[first] = this.#base + event.startsAt;
    doubles[first + 1] = this.#base + event.endsAt;
    doubles[first + 2] = isUnknown ? 1 : event.number;
    words[word] = this.#kindOf(event);
    words[word + 1] = event.pcHigh;
    words[word + 2] = event.pcLow;
    words[word + 3] = event.spHigh;
    words[word + 4] = event.spLow;
    words[word + 5] = event.faultHigh;
    words[word + 6] = event.faultLow;
    words[word + 7] = event.errorHigh;
    words[word + 8] = event.errorLow;
  }

  get block(): EventBlock {
    return { kinds: this.#kinds, numbers: this.#numbers, length: this.#length };
  }

  #kindOf(event: ScannedEvent): number {
    const alike = (((event.vector + 1) << 1) & 0xfe) | (event.pcHigh >>> 31);
    const guess = this.#guesses[alike] as number;
    const guessed = this.#kinds[guess];
    if (guessed && isOfKind(event, guessed)) return guess;
    const last = this.#kinds.length - 1;
    let index = last;
    while (index >= 0 && index > last - LOOK_THROUGH && !isOfKind(event, this.#kinds[index] as EventKind)) index--;
    if (index < 0 || index === last - LOOK_THROUGH) index = this.#kinds.push(kindOf(event)) - 1;
    this.#guesses[alike] = index;
    return index;
  }

  #grow(): void {
    const numbers = new ArrayBuffer(2 * this.#numbers.byteLength);
    const words = new Int32Array(numbers);
    words.set(this.#words);
    this.#numbers = numbers;
    this.#doubles = new Float64Array(numbers);
    this.#words = words;
  }
}

/** Unpacks events, each into the object of its kind. */
export class EventUnpacker {
  /** Texts that came from another thread are as many as there are blocks: one of each is kept, which compares faster. */
  readonly #texts = new Map<string, string>();

  /** @param emit An event is only good until this returns. */
  unpack({ kinds, numbers, length }: EventBlock, emit: (event: ScannedEvent) => void): void {
    const events = kinds.map((kind) => this.#eventOf(kind));
    const doubles = new Float64Array(numbers);
    const words = new Int32Array(numbers);
    for (let entry = 0; entry < length; entry++) {
      const first = entry * DOUBLES;
      const word = entry * WORDS + FIRST_WORD;
      const event = events[words[word] as number] as ScannedEvent;
      event.startsAt = doubles[first] as number;
      event.endsAt = doubles[first + 1] as number;
      const number = doubles[first + 2] as number;
      event.pcHigh = words[word + 1] as number;
      event.pcLow = words[word + 2] as number;
      event.spHigh = words[word + 3] as number;
      event.spLow = words[word + 4] as number;
      event.faultHigh = words[word + 5] as number;
      event.faultLow = words[word + 6] as number;
      event.errorHigh = words[word + 7] as number;
      event.errorLow = words[word + 8] as number;
      if (event.class === 'unknown') for (let repeat = 0; repeat < number; repeat++) emit(event);
      else {
        event.number = number;
        emit(event);
      }
    }
  }

  #eventOf(kind: EventKind): ScannedEvent {
    const event = Object.assign(new ScannedEvent(), kind);
    event.class = this.#same(kind.class);
    event.name = this.#same(kind.name);
    event.from = kind.from && this.#same(kind.from);
    event.to = kind.to && this.#same(kind.to);
    return event;
  }

  #same<T extends string>(text: T): T {
    const known = this.#texts.get(text);
    if (known !== undefined) return known as T;
    if (this.#texts.size >= MOST_TEXTS) this.#texts.clear();
    // The name of a property is the one string of its content that the engine compares by identity, as it does with those in code.
    const [same = text] = Object.keys({ [text]: true }) as T[];
    this.#texts.set(same, same);
    return same;
  }
}

const MOST_TEXTS = 4096;

function kindOf(event: ScannedEvent): EventKind {
  return {
    class: event.class,
    name: event.name,
    cpu: event.cpu,
    vector: event.vector,
    from: event.from,
    to: event.to,
    told: event.told,
    handlersHigh: event.handlersHigh,
    handlersLow: event.handlersLow,
    during: event.during,
    raised: event.raised,
    codeBits: event.codeBits,
    inSystemManagement: event.inSystemManagement,
    truncated: event.truncated,
  };
}

function isOfKind(event: ScannedEvent, kind: EventKind): boolean {
  return (
    event.handlersLow === kind.handlersLow &&
    event.handlersHigh === kind.handlersHigh &&
    event.class === kind.class &&
    event.name === kind.name &&
    event.from === kind.from &&
    event.to === kind.to &&
    event.told === kind.told &&
    event.cpu === kind.cpu &&
    event.vector === kind.vector &&
    event.during === kind.during &&
    event.raised === kind.raised &&
    event.codeBits === kind.codeBits &&
    event.inSystemManagement === kind.inSystemManagement &&
    event.truncated === kind.truncated
  );
}
