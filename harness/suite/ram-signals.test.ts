import { describe, expect, test } from 'vitest';
import type { GuestRam } from '../trace/guest-ram.ts';
import type { TableStatus } from '../trace/result-table.ts';
import { judge } from '../verdict/judge.ts';
import type { CaseSignals } from '../verdict/signals.ts';
import { ramNotes, ramSignals } from './ram-signals.ts';

function ram(entries: readonly [name: string, status: TableStatus | undefined][], problems: string[] = []): GuestRam {
  return {
    rings: {},
    tables: {
      results: {
        entries: entries.map(([name, status]) => ({ name, status, fields: {}, raw: `${name} ${status}` })),
        problems,
      },
    },
  };
}

const signals: CaseSignals = {
  completion: { kind: 'machine-ended' },
  panic: undefined,
  guestPanicked: false,
  end: undefined,
  cascade: undefined,
  tap: undefined,
  lines: undefined,
  exitTable: undefined,
  answers: undefined,
};

const verdictOf = (now: GuestRam, before?: GuestRam) =>
  judge({ ...signals, ...ramSignals(now, 'results', before) }).verdict;

describe('a table of results in RAM', () => {
  test('passes a case whose tests pass', () => {
    expect(
      verdictOf(
        ram([
          ['a', 'pass'],
          ['b', 'skip'],
        ]),
      ),
    ).toEqual({ kind: 'pass' });
  });

  test.each([
    [
      'a test that failed',
      ram([
        ['a', 'pass'],
        ['b', 'fail'],
      ]),
      /^1 of 2 subtests failed: b$/,
    ],
    ['a value that means nothing', ram([['a', undefined]]), /^1 of 1 subtests failed: a$/],
    [
      'a test that never ended',
      ram([
        ['a', 'pass'],
        ['b', 'started'],
      ]),
      /^b was started and never finished$/,
    ],
    [
      'a table that was not read',
      ram([], ['not read: it is gone']),
      /^the table results in RAM: not read: it is gone$/,
    ],
    [
      'a table that is not whole',
      ram([['a', 'pass']], ['entry 1 was never written']),
      /^the table results in RAM: entry 1/,
    ],
    ['a table without a word', ram([]), /without saying whether it passed$/],
  ])('fails a case with %s', (_, now, reason) => {
    expect(verdictOf(now)).toEqual({ kind: 'fail', reason: expect.stringMatching(reason) });
  });

  test('tells only what has changed since the case began', () => {
    const before = ram([
      ['a', 'fail'],
      ['b', 'pass'],
    ]);
    const now = ram([
      ['a', 'fail'],
      ['b', 'fail'],
      ['c', 'pass'],
    ]);
    expect(ramSignals(now, 'results', before).table?.subtests.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(verdictOf(before, before)).toMatchObject({ kind: 'fail' });
  });

  test('says nothing where it is not asked', () => {
    expect(ramSignals(ram([['a', 'fail']]), undefined, undefined)).toEqual({ violations: [] });
    expect(ramSignals(undefined, 'results', undefined)).toEqual({});
  });
});

test('a law that does not hold fails a case that passes', () => {
  const rings = { trace: { events: [], notes: ['CPU 1: not read: x'], violations: ['CPU 0: back in time'] } };
  const now: GuestRam = { ...ram([['a', 'pass']]), rings };
  expect(judge({ ...signals, ...ramSignals(now, 'results', undefined) })).toEqual({
    verdict: { kind: 'fail', reason: 'ring trace: CPU 0: back in time' },
    subtests: [{ name: 'a', verdict: { kind: 'pass' } }],
    notes: [
      'results disagree: the table results in RAM says pass, a law of a ring in RAM says fail; the worse one holds',
    ],
  });
  expect(ramNotes(now)).toEqual(['ring trace: CPU 1: not read: x']);
});
