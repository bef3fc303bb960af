import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeTable, type TableLayout, tableBytes } from './result-table.ts';

const layout: TableLayout = {
  symbol: 'test_results',
  magic: { at: 0, type: 'u32', value: 0x54534554 },
  count: { at: 4, type: 'u32' },
  first: 8,
  capacity: 3,
  entry: { bytes: 8, fields: { name: { at: 0, type: 'text', bytes: 7 }, status: { at: 7, type: 'u8' } } },
  name: 'name',
  status: { field: 'status', means: { 1: 'started', 2: 'pass', 3: 'fail' } },
};

function table(entries: readonly [name: string, status: number][], count = entries.length, magic = 'TEST'): Buffer {
  const memory = Buffer.alloc(tableBytes(layout));
  memory.write(magic);
  memory.writeUInt32LE(count, 4);
  for (const [index, [name, status]] of entries.entries()) {
    memory.write(name.slice(0, 7), 8 + 8 * index);
    memory.writeUInt8(status, 15 + 8 * index);
  }
  return memory;
}

const told = (memory: Buffer, of = layout) => {
  const { entries, problems } = decodeTable(of, memory);
  return { entries: entries.map(({ name, status }) => [name, status]), problems };
};

describe('a table of results', () => {
  test('tells each test and what became of it', () => {
    expect(
      told(
        table([
          ['alpha', 2],
          ['beta', 3],
          ['exactly', 1],
        ]),
      ),
    ).toEqual({
      entries: [
        ['alpha', 'pass'],
        ['beta', 'fail'],
        ['exactly', 'started'],
      ],
      problems: [],
    });
  });

  test('says of a value that nobody declared that it is none', () => {
    expect(told(table([['alpha', 9]])).entries).toEqual([['alpha', undefined]]);
  });

  test('ends at the first blank entry where it counts none', () => {
    const { count: _, ...uncounted } = layout;
    expect(told(table([['alpha', 2]], 77), uncounted)).toEqual({ entries: [['alpha', 'pass']], problems: [] });
  });

  test.each([
    [
      'no magic number',
      table([['alpha', 2]], 1, '\0\0\0\0'),
      'it is not there (yet): its magic number is 0x0, not 0x54534554',
    ],
    ['an absurd count', table([['alpha', 2]], 0xffff_ffff), 'it counts 4294967295 entries, and has room for 3'],
  ])('with %s tells nothing but that', (_, memory, problem) => {
    expect(told(memory)).toEqual({ entries: [], problems: [problem] });
  });

  test('with an entry that was never written tells the others, and that', () => {
    expect(told(table([['alpha', 2]], 2))).toEqual({
      entries: [['alpha', 'pass']],
      problems: ['entry 1 was never written'],
    });
  });

  test('of any bytes at all is bounded', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: tableBytes(layout), maxLength: tableBytes(layout) }), (bytes) => {
        const { entries, problems } = decodeTable(
          { ...layout, magic: undefined, count: undefined },
          Buffer.from(bytes),
        );
        expect(entries.length).toBeLessThanOrEqual(3);
        expect(problems).toEqual([]);
      }),
    );
  });
});
