import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cutShards, digestOfCut, parseShard, type ShardPiece } from './shard.ts';

const piece = fc.record({
  environment: fc.constantFrom('linux/x86_64', 'linux/aarch64'),
  file: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'),
});
const pieces = fc.uniqueArray(piece, { selector: (one) => JSON.stringify(one), maxLength: 20 });
const times = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 1, max: 60_000 }));

function assigned(
  list: readonly ShardPiece[],
  count: number,
  known: Readonly<Record<string, number>>,
): Map<string, number> {
  const shards = cutShards(list, count, ({ file }) => known[file]);
  return new Map(list.map((one, index) => [JSON.stringify(one), shards[index] ?? 0]));
}

describe('shards', () => {
  test('hold each piece once, however many there are', () => {
    fc.assert(
      fc.property(pieces, fc.integer({ min: 1, max: 30 }), times, (list, count, known) => {
        const shards = cutShards(list, count, ({ file }) => known[file]);
        expect(shards).toHaveLength(list.length);
        expect(shards.every((shard) => Number.isInteger(shard) && shard >= 1 && shard <= count)).toBe(true);
      }),
    );
  });

  test('are the same in every job, in whatever order files are found there', () => {
    fc.assert(
      fc.property(
        pieces.chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        fc.integer({ min: 1, max: 5 }),
        times,
        ([list, shuffled], count, known) => {
          const cut = assigned(list, count, known);
          expect(assigned(shuffled, count, known)).toEqual(cut);
          const digest = (some: readonly ShardPiece[]) =>
            digestOfCut(
              some,
              some.map((one) => cut.get(JSON.stringify(one)) ?? 0),
            );
          expect(digest(shuffled)).toBe(digest(list));
        },
      ),
    );
  });

  test('differ by no more than the longest piece', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 6 }),
        (durations, count) => {
          const list = durations.map((_, index) => ({ environment: 'e', file: String(index) }));
          const shards = cutShards(list, count, ({ file }) => durations[Number(file)]);
          const loads = Array.from({ length: count }, (_, index) =>
            durations.reduce((sum, duration, place) => sum + (shards[place] === index + 1 ? duration : 0), 0),
          );
          expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(Math.max(...durations));
        },
      ),
    );
  });

  test('are of one size where no time is known', () => {
    const list = Array.from({ length: 10 }, (_, index) => ({ environment: 'e', file: String(index) }));
    const shards = cutShards(list, 3, () => undefined);
    expect([1, 2, 3].map((shard) => shards.filter((other) => other === shard).length)).toEqual([4, 3, 3]);
  });

  test('cut by other times have another digest', () => {
    const list = ['a', 'b', 'c'].map((file) => ({ environment: 'e', file }));
    const digest = (known: Readonly<Record<string, number>>) =>
      digestOfCut(
        list,
        cutShards(list, 2, ({ file }) => known[file]),
      );
    expect(digest({ a: 10, b: 1, c: 1 })).not.toBe(digest({ a: 1, b: 1, c: 10 }));
  });
});

describe('the choice of a shard', () => {
  test.each([
    ['1/1', { index: 1, count: 1 }],
    ['2/3', { index: 2, count: 3 }],
    ['03/04', { index: 3, count: 4 }],
  ])('%s is one', (text, shard) => {
    expect(parseShard(text)).toEqual(shard);
  });

  test.each(['0/3', '4/3', '1', '1/0', 'a/b', '1/3/4', '', '-1/3', '1.5/3', '1/99999'])('%j is none', (text) => {
    expect(() => parseShard(text)).toThrow(
      `--shard: expected a part of the whole such as 1/3, 2/3 or 3/3, got ${JSON.stringify(text)}`,
    );
  });
});
