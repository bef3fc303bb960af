import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeRing, type RingLayout, type RingMemory } from './ring.ts';

const CAPACITY = 8;

const layout: RingLayout = {
  symbol: 'ring_cpu{cpu}',
  capacity: CAPACITY,
  entry: {
    bytes: 16,
    fields: { time: { at: 0, type: 'u64' }, type: { at: 8, type: 'u16' }, payload: { at: 12, type: 'u32' } },
  },
  head: { symbol: 'head_cpu{cpu}', type: 'u64', counts: 'events' },
  time: 'time',
  event: { field: 'type', names: { 1: 'stage', 2: 'timer' } },
  laws: ['monotonic'],
};

function entry(time: number | bigint, type = 2, payload = 0): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeBigUInt64LE(BigInt(time), 0);
  bytes.writeUInt16LE(type, 8);
  bytes.writeUInt32LE(payload, 12);
  return bytes;
}

/** A ring as a kernel leaves it that has written events at these times. */
function written(times: readonly number[], cpu = 0, head: bigint = BigInt(times.length)): RingMemory {
  const slots = Buffer.alloc(16 * CAPACITY);
  for (const [number, time] of times.entries()) entry(time, 2, number).copy(slots, 16 * (number % CAPACITY));
  const index = Buffer.alloc(8);
  index.writeBigUInt64LE(BigInt.asUintN(64, head));
  return { cpu, head: index, slots };
}

const read = (...memories: RingMemory[]) => decodeRing(layout, memories);
const timesOf = ({ events }: ReturnType<typeof read>) => events.map(({ time }) => Number(time));

describe('a ring', () => {
  test('that is empty says nothing', () => {
    expect(read(written([]))).toEqual({ events: [], notes: [], violations: [] });
  });

  test('tells its events by name, or by number where they have none', () => {
    const memory = written([10, 20]);
    entry(20, 77, 0xffff_ffff).copy(memory.slots, 16);
    expect(read(memory).events).toEqual([
      { cpu: 0, time: 10n, name: 'timer', fields: { time: 10n, type: 2, payload: 0 } },
      { cpu: 0, time: 20n, name: 'type 77', fields: { time: 20n, type: 77, payload: 0xffff_ffff } },
    ]);
  });

  test('holds the last events, in order, however often it has wrapped', () => {
    fc.assert(
      fc.property(fc.nat(100), (count) => {
        const times = Array.from({ length: count }, (_, number) => 5 + 3 * number);
        const reading = read(written(times));
        expect(timesOf(reading)).toEqual(times.slice(-CAPACITY));
        expect([reading.notes, reading.violations]).toEqual([[], []]);
      }),
    );
  });

  test('of several CPUs is one story, by time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 1, max: 1_000 }), { maxLength: CAPACITY }), { maxLength: 4 }),
        (cpus) => {
          const sorted = cpus.map((times) => [...times].sort((a, b) => a - b));
          const reading = read(...sorted.map((times, cpu) => written(times, cpu)));
          const all = sorted.flat().sort((a, b) => a - b);
          expect(timesOf(reading)).toEqual(all);
        },
      ),
    );
  });

  test('in which an event is being written loses the oldest one, not the order', () => {
    const memory = written([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    entry(11).copy(memory.slots, 16 * 2); // Event number 10 takes the place of number 2; the head does not count it yet.
    const reading = read(memory);
    expect(timesOf(reading)).toEqual([4, 5, 6, 7, 8, 9, 10]);
    expect(reading).toMatchObject({
      notes: ['CPU 0: its oldest entry is being overwritten, and left out'],
      violations: [],
    });
  });

  test('that has not wrapped may have an entry behind its head, which does not count yet', () => {
    const memory = written([1, 2]);
    entry(3).copy(memory.slots, 32);
    expect(read(memory)).toMatchObject({ notes: [] });
    expect(timesOf(read(memory))).toEqual([1, 2]);
  });

  test.each([
    ['2^64 - 1', (1n << 64n) - 1n, /^CPU 0: its write index 18446744073709551615 cannot be; its entries are told/],
    ['less than what was written', 1n, /^CPU 0: its write index 1 is less than the entries that were written; /],
  ])('with an index of %s is told by its times', (_, head, note) => {
    const reading = read(written([30, 10, 20], 0, head));
    expect(timesOf(reading)).toEqual([10, 20, 30]);
    expect(reading).toMatchObject({ notes: [expect.stringMatching(note)], violations: [] });
  });

  test('whose index counts what was never written says so, and invents nothing', () => {
    const reading = read(written([10, 20], 0, 1_000n));
    expect(timesOf(reading)).toEqual([10, 20]);
    expect(reading.notes).toEqual(['CPU 0: 6 of the entries that its write index counts were never written']);
  });

  test('whose index is a slot begins there', () => {
    const bySlot: RingLayout = { ...layout, head: { ...layout.head, counts: 'slots' } };
    const times = Array.from({ length: 11 }, (_, number) => number + 1);
    expect(timesOf(decodeRing(bySlot, [written(times, 0, 3n)]))).toEqual(times.slice(-CAPACITY));
    expect(timesOf(decodeRing(bySlot, [written([1, 2, 3], 0, 3n)]))).toEqual([1, 2, 3]);
    expect(decodeRing(bySlot, [written([1, 2, 3], 0, 8n)]).notes).toEqual([
      'CPU 0: its write index 8 cannot be; its entries are told in the order of their times',
    ]);
  });

  test('that goes back in time breaks the law, on one CPU and not between two', () => {
    expect(read(written([10, 30, 20]), written([5, 6], 1))).toMatchObject({
      violations: ['CPU 0: timer at 20 comes after timer at 30'],
    });
    expect(decodeRing({ ...layout, laws: [] }, [written([10, 30, 20])]).violations).toEqual([]);
  });

  test('of any bytes at all is bounded, and has no more events than slots', () => {
    const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
    fc.assert(
      fc.property(bytes(16 * CAPACITY), bytes(8), (slots, head) => {
        const { events } = read({ cpu: 0, slots: Buffer.from(slots), head: Buffer.from(head) });
        expect(events.length).toBeLessThanOrEqual(CAPACITY);
        const raw = Array.from({ length: CAPACITY }, (_, slot) => Buffer.from(slots).readBigUInt64LE(16 * slot));
        for (const { time } of events) expect(raw).toContain(time);
      }),
    );
  });
});
