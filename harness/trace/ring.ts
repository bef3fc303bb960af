import type { Bytes } from '../units.ts';
import {
  type Endian,
  type FieldType,
  type FieldValue,
  isBlank,
  type RecordLayout,
  type RecordValues,
  readField,
  readRecord,
} from './record-layout.ts';

/** A ring of trace events in a guest's RAM, one for each CPU. */
export interface RingLayout {
  /** Where CPU 0's ring is; `{cpu}` in it is replaced by the CPU's number, for rings with a symbol each. */
  readonly symbol: string;
  /** From one CPU's ring to the next, where they share a symbol. */
  readonly stride?: Bytes | undefined;
  /** From the symbol to the first entry. Default 0. */
  readonly first?: Bytes | undefined;
  /** How many CPUs have a ring. Default: as many as the machine has; the kernel may know fewer. */
  readonly cpus?: number | undefined;
  /** Entries of one ring. */
  readonly capacity: number;
  readonly entry: RecordLayout;
  /** Default `'little'`. */
  readonly endian?: Endian | undefined;
  readonly head: HeadLayout;
  /** The field by which events of several CPUs are put in order. */
  readonly time: string;
  /** The field that tells what an event is, and what its values are called. */
  readonly event?: { readonly field: string; readonly names: { readonly [value: string]: string } } | undefined;
  /**
   * What must hold, or the case fails. `'monotonic'`: on each CPU, no event is earlier than the one before it.
   */
  readonly laws?: readonly RingLaw[] | undefined;
}

export type RingLaw = (typeof ringLaws)[number];

export const ringLaws = ['monotonic'] as const;

/** The write index of a ring. */
export interface HeadLayout {
  /** As {@link RingLayout.symbol}. Default: the ring's own symbol. */
  readonly symbol?: string | undefined;
  /** Default: the ring's. */
  readonly stride?: Bytes | undefined;
  /** From the symbol. Default 0. */
  readonly at?: Bytes | undefined;
  readonly type: Exclude<FieldType, 'text'>;
  /** `'events'`: how many were ever written, so event N is at slot N modulo the capacity. `'slots'`: the slot that is written next. */
  readonly counts: 'events' | 'slots';
}

export interface RingEvent {
  readonly cpu: number;
  /** By its field `time`. */
  readonly time: bigint;
  /** Its name, or its number where it has none. */
  readonly name: string;
  readonly fields: RecordValues;
}

/** What a ring holds. */
export interface RingReading {
  /** Of all CPUs, oldest first. */
  readonly events: readonly RingEvent[];
  /** What is wrong with the ring, or was not read. */
  readonly notes: readonly string[];
  /** Where a law does not hold. */
  readonly violations: readonly string[];
}

/** The bytes of one CPU's ring. */
export interface RingMemory {
  readonly cpu: number;
  readonly head: Buffer;
  /** All of its slots. */
  readonly slots: Buffer;
}

/** Decodes the rings of all CPUs and merges their events by time. Nothing is invented: what cannot be an event is left out and told. */
export function decodeRing(layout: RingLayout, memories: readonly RingMemory[]): RingReading {
  const perCpu = memories.map((memory) => decodeOne(layout, memory));
  return {
    events: perCpu.flatMap(({ events }) => events).sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)),
    notes: perCpu.flatMap(({ notes }) => notes),
    violations: layout.laws?.includes('monotonic') ? perCpu.flatMap(({ violations }) => violations) : [],
  };
}

/** Violations of all laws, whether asked for or not. */
function decodeOne(layout: RingLayout, { cpu, head, slots }: RingMemory): RingReading {
  const { capacity, entry, endian = 'little' } = layout;
  const index = BigInt(readField(head, { at: 0, type: layout.head.type }, endian));
  const slot = (number: number) => slots.subarray(number * entry.bytes, (number + 1) * entry.bytes);
  const written = Array.from({ length: capacity }, (_, number) => !isBlank(slot(number)));
  const order = slotsInOrder(layout, index, written);
  const notes: string[] = [];
  const say = (note: string) => notes.push(`CPU ${cpu}: ${note}`);
  if (order.absurd) say(`${order.absurd}; its entries are told in the order of their times`);
  if (order.blank > 0) say(`${order.blank} of the entries that its write index counts were never written`);
  let events = order.slots.map((number) => eventOf(layout, cpu, readRecord(slot(number), entry, endian)));
  if (order.absurd) events = [...events].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0));
  // What is being written when the machine stops takes the oldest event's place, and has a later time.
  const [oldest, next] = events;
  if (oldest && next && order.slots.length === capacity && oldest.time > next.time) {
    say('its oldest entry is being overwritten, and left out');
    events = events.slice(1);
  }
  return { events, notes, violations: monotonicViolations(cpu, events) };
}

interface SlotOrder {
  /** Oldest first. */
  readonly slots: readonly number[];
  /** How many that should have been written were not. */
  readonly blank: number;
  /** What is wrong with the write index. */
  readonly absurd?: string;
}

function slotsInOrder({ capacity, head }: RingLayout, index: bigint, written: readonly boolean[]): SlotOrder {
  const used = written.flatMap((isWritten, number) => (isWritten ? [number] : []));
  const size = BigInt(capacity);
  const isAbsurd =
    index < 0n ||
    // An index that only wraps at 2^63 events was not counted up to there.
    (head.counts === 'events' ? index >= 1n << 62n : index >= size);
  if (isAbsurd) return { slots: used, blank: 0, absurd: `its write index ${index} cannot be` };
  const next = Number(index % size);
  if (head.counts === 'events' && index < size) {
    const beyond = used.filter((number) => number >= next);
    // The one at the index may be in the middle of being written.
    if (beyond.some((number) => number > next))
      return { slots: used, blank: 0, absurd: `its write index ${index} is less than the entries that were written` };
    return withoutBlank(
      Array.from({ length: next }, (_, number) => number),
      written,
    );
  }
  const all = Array.from({ length: capacity }, (_, offset) => (next + offset) % capacity);
  // A ring that is told by slots has no mark of whether it ever wrapped.
  return head.counts === 'slots'
    ? { slots: all.filter((number) => written[number]), blank: 0 }
    : withoutBlank(all, written);
}

function withoutBlank(slots: readonly number[], written: readonly boolean[]): SlotOrder {
  const kept = slots.filter((number) => written[number]);
  return { slots: kept, blank: slots.length - kept.length };
}

function eventOf({ time, event }: RingLayout, cpu: number, fields: RecordValues): RingEvent {
  const kind = event && fields[event.field];
  const name = kind === undefined ? '' : (event?.names[String(kind)] ?? `${event?.field} ${kind}`);
  return { cpu, time: asBigInt(fields[time]), name, fields };
}

function asBigInt(value: FieldValue | undefined): bigint {
  return typeof value === 'string' || value === undefined ? 0n : BigInt(value);
}

const MOST_VIOLATIONS = 5;

function monotonicViolations(cpu: number, events: readonly RingEvent[]): string[] {
  const all = events.flatMap((event, index) => {
    const before = events[index - 1];
    if (!before || event.time >= before.time) return [];
    return [`CPU ${cpu}: ${named(event)} at ${event.time} comes after ${named(before)} at ${before.time}`];
  });
  const more = all.length - MOST_VIOLATIONS;
  return more > 0 ? [...all.slice(0, MOST_VIOLATIONS), `CPU ${cpu}: and ${more} more`] : all;
}

function named({ name }: RingEvent): string {
  return name === '' ? 'an event' : name;
}
