import { BlockReader, type BlockTraffic } from './block-reader.ts';
import { type KeyboardLog, KeyboardReader, type KeyStroke } from './keyboard-reader.ts';
import { type PciScan, PciScanReader } from './pci-scan.ts';
import type { TracedEvent } from './traced-event.ts';
import { readTyped, type TypedEvent } from './typed-event.ts';

/** What trace events tell, all together. */
export interface TracedEvents {
  readonly total: number;
  /** How often each came, by name, the most frequent first. */
  readonly counts: Readonly<Record<string, number>>;
  /** Events of names past the first {@link MOST_NAMES}. */
  readonly otherNames: number;
  /** The last ones, oldest first. */
  readonly last: readonly TracedEvent[];
  readonly pci: PciScan;
  /** What PS/2 keyboards sent to the guest, each with its codes. */
  readonly keyboards: readonly KeyboardLog[];
  /** The keys that reached QEMU's input devices of any kind (`input_event_key_qcode`), the last ones. */
  readonly keys: readonly KeyStroke[];
  readonly block: BlockTraffic;
}

const MOST_NAMES = 5_000;
const MOST_KEYBOARDS = 16;
const MOST_KEYS = 10_000;
const KEPT = 10_000;

/** Counts events and reads those that are understood. Bounded: of the many, the last are kept. */
export class EventTally {
  readonly #counts = new Map<string, number>();
  readonly #pci = new PciScanReader();
  readonly #block = new BlockReader();
  readonly #keyboards = new Map<string, KeyboardReader>();
  readonly #kept: number;
  #keys: KeyStroke[] = [];
  #last: TracedEvent[] = [];
  #total = 0;
  #otherNames = 0;

  /** @param kept How many of the last events are kept. */
  constructor(kept: number = KEPT) {
    this.#kept = kept;
  }

  /** @param typed What it says, where somebody has read that already. */
  take(event: TracedEvent, typed: TypedEvent | undefined = readTyped(event)): void {
    this.#total++;
    const count = this.#counts.get(event.name);
    if (count !== undefined || this.#counts.size < MOST_NAMES) this.#counts.set(event.name, (count ?? 0) + 1);
    else this.#otherNames++;
    this.#last = appended(this.#last, event, this.#kept);
    this.#read(typed);
  }

  get result(): TracedEvents {
    return {
      total: this.#total,
      counts: Object.fromEntries([...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))),
      otherNames: this.#otherNames,
      last: this.#last.slice(-this.#kept),
      pci: this.#pci.result,
      keyboards: [...this.#keyboards.values()].map((keyboard) => keyboard.result),
      keys: this.#keys.slice(-MOST_KEYS),
      block: this.#block.result,
    };
  }

  #read(typed: TypedEvent | undefined): void {
    switch (typed?.kind) {
      case 'pci-config':
        this.#pci.take(typed);
        break;
      case 'ps2-keycode':
        this.#keyboard(typed.keyboard)?.take(typed.code);
        break;
      case 'ps2-set':
        this.#keyboard(typed.keyboard)?.declare(typed.set);
        break;
      case 'key':
        this.#keys = appended(this.#keys, { key: typed.key, down: typed.down }, MOST_KEYS);
        break;
      case 'block':
        this.#block.take(typed);
        break;
      case undefined:
        break;
      default:
        typed satisfies never;
    }
  }

  #keyboard(address: string): KeyboardReader | undefined {
    const known = this.#keyboards.get(address);
    if (known || this.#keyboards.size >= MOST_KEYBOARDS) return known;
    const keyboard = new KeyboardReader(address);
    this.#keyboards.set(address, keyboard);
    return keyboard;
  }
}

/** The list with one more; it is shortened to `most` once it has twice as many. */
function appended<T>(list: T[], item: T, most: number): T[] {
  list.push(item);
  return list.length < 2 * most ? list : list.slice(-most);
}
