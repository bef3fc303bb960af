import { describe, expect, test } from 'vitest';
import { EventTally } from './event-tally.ts';

describe('a tally of events', () => {
  test('counts each by name, the most frequent first, and keeps the last', () => {
    const tally = new EventTally(2);
    for (const name of ['b_one', 'a_two', 'a_two', 'b_one', 'c_three', 'a_two']) tally.take({ name, args: '' });
    const { total, counts, last } = tally.result;
    expect(total).toBe(6);
    expect(Object.entries(counts)).toEqual([
      ['a_two', 3],
      ['b_one', 2],
      ['c_three', 1],
    ]);
    expect(last.map(({ name }) => name)).toEqual(['c_three', 'a_two']);
  });

  test('is bounded in names', () => {
    const tally = new EventTally(1);
    for (let index = 0; index < 6_000; index++) tally.take({ name: `event_${index}`, args: '' });
    const { counts, otherNames, total } = tally.result;
    expect([Object.keys(counts).length, otherNames, total]).toEqual([5_000, 1_000, 6_000]);
  });
});
