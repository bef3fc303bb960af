import fc from 'fast-check';
import stripAnsi from 'strip-ansi';
import { describe, expect, test } from 'vitest';
import { palette } from '../report/palette.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { LiveBoard } from './live-board.ts';
import type { LiveEvent } from './live-feed.ts';

const plain = palette(false);
const ROOM = { columns: 80, rows: 10 };

function start(id: number, environment: string, title: string, worker = 0): LiveEvent {
  return { kind: 'start', worker, id, environment, suite: 'signals', case: title };
}

function now(id: number, stage: string, silentMs: number | null, worker = 0): LiveEvent {
  return { kind: 'now', worker, id, stage, silentMs };
}

function boardOf(events: readonly LiveEvent[], at = 0): LiveBoard {
  const board = new LiveBoard();
  for (const event of events) board.take(event, at);
  return board;
}

describe('a case that starts', () => {
  test('is announced in a line of the form of vitest’s own', () => {
    const board = new LiveBoard();
    expect(board.take(start(0, 'linux/x86_64', 'alarm() fires'), 0)).toEqual([
      ' ▸ |linux/x86_64| signals > alarm() fires',
    ]);
    expect(board.take(now(0, 'running', 0), 0)).toEqual([]);
    expect(board.take({ kind: 'end', worker: 0, id: 0 }, 0)).toEqual([]);
  });
});

describe('on a terminal', () => {
  test('each case that runs has a line: environment, case, stage, seconds of silence', () => {
    const board = boardOf([
      start(0, 'linux/x86_64', 'alarm() fires'),
      start(1, 'linux/aarch64', 'exec'),
      start(2, 'linux/aarch64', 'pipes'),
      now(0, 'running', 1_500),
      now(1, 'booting', 61_000),
    ]);
    expect(board.lines(600, ROOM, plain)).toEqual([
      ' linux/aarch64  signals > exec                        booting, silent for 61 s',
      ' linux/aarch64  signals > pipes                       starting',
      ' linux/x86_64   signals > alarm() fires               running, silent for 2 s',
    ]);
  });

  test('seconds go by while nothing is heard, and begin anew when the guest speaks', () => {
    const board = boardOf([start(0, 'x', 'a'), now(0, 'running', 0)]);
    const state = (at: number) => board.lines(at, ROOM, plain)[0]?.replace(/.* {2}/, '');
    expect([0, 1_999, 2_000, 75_999].map(state)).toEqual([
      'running',
      'running',
      'running, silent for 2 s',
      'running, silent for 75 s',
    ]);
    board.take(now(0, 'running', 100), 76_000);
    expect(state(76_000)).toBe('running');
    board.take(now(0, 'gathering evidence', null), 80_000);
    expect(state(99_000)).toBe('gathering evidence');
  });

  test('a case that has ended is gone, and so are all of a worker that has', () => {
    const board = boardOf([start(0, 'x', 'a', 1), start(1, 'x', 'b', 1), start(0, 'x', 'c', 11)]);
    board.take({ kind: 'end', worker: 1, id: 1 }, 0);
    expect(board.lines(0, ROOM, plain)).toHaveLength(2);
    expect(board.take({ kind: 'gone', worker: 1 }, 0)).toEqual([' ▸ |x| signals > a: starting, when its worker ended']);
    expect(board.lines(0, ROOM, plain)).toEqual([expect.stringContaining('signals > c')]);
    board.take(now(0, 'running', 0, 1), 0); // It comes too late.
    expect(board.lines(0, ROOM, plain)).toHaveLength(1);
    board.clear();
    expect(board.lines(0, ROOM, plain)).toEqual([]);
  });

  test('there are never more lines than rows, and the last tells how many cases have none', () => {
    const board = boardOf(Array.from({ length: 5 }, (_, id) => start(id, 'x', `case ${id}`)));
    expect(board.lines(0, { columns: 80, rows: 5 }, plain)).toHaveLength(5);
    expect(board.lines(0, { columns: 80, rows: 3 }, plain).slice(1)).toEqual([
      expect.stringContaining('case 1'),
      ' and 3 cases more',
    ]);
    expect(board.lines(0, { columns: 80, rows: 0 }, plain)).toEqual([]);
  });

  test('a narrow one has the case, and cuts what has no room', () => {
    const board = boardOf([start(0, 'linux/x86_64', 'registers survive a handler'), now(0, 'running', 12_000)]);
    expect(board.lines(0, { columns: 60, rows: 3 }, plain)).toEqual([
      ' linux/x86_64  signals > register…  running, silent for 12 s',
    ]);
    expect(board.lines(0, { columns: 40, rows: 3 }, plain)).toEqual([' signals > re…  running, silent for 12 s']);
    expect(board.lines(0, { columns: 20, rows: 3 }, plain)).toEqual([' running, silent fo…']);
  });

  test('colour changes nothing but colour, and a long silence stands out', () => {
    const board = boardOf([start(0, 'x', 'a'), now(0, 'running', 9_999)]);
    expect(board.lines(0, ROOM, palette(true))[0]).not.toContain('\x1b[33m');
    expect(board.lines(1, ROOM, palette(true))[0]).toContain('\x1b[33mrunning, silent for 10 s\x1b[0m');
    expect(board.lines(1, ROOM, palette(true)).map(stripAnsi)).toEqual(board.lines(1, ROOM, plain));
  });

  test('no line is wider than the terminal or acts upon it, whatever names there are', () => {
    fc.assert(
      fc.property(hostileText, hostileText, fc.integer({ min: 1, max: 120 }), (name, stage, columns) => {
        const board = boardOf([start(0, name, `${name}漢字😀`), now(0, stage, 99_000)]);
        const lines = board.lines(0, { columns, rows: 3 }, plain);
        expect(lines).toHaveLength(1);
        expect([...(lines[0] ?? '')].length).toBeLessThanOrEqual(columns);
        expect(lines[0]).not.toMatch(/\p{Cc}/u);
        expect(board.take(start(1, name, stage), 0).join()).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  test('characters that take two columns are counted as two', () => {
    const board = boardOf([start(0, 'x', '漢'.repeat(100))]);
    expect(board.lines(0, { columns: 40, rows: 1 }, plain)).toEqual([` x  signals > ${'漢'.repeat(7)}…   starting`]);
  });
});

describe('in a log', () => {
  test('a machine that says nothing is mentioned after a minute, then ever more seldom', () => {
    const board = boardOf([start(0, 'x', 'a'), now(0, 'booting', 0), start(1, 'x', 'b')]);
    const seconds = Array.from({ length: 1_000 }, (_, second) => second);
    const told = seconds.flatMap((second) => board.reminders(second * 1_000));
    expect(told).toEqual([60, 120, 240, 480, 960].map((s) => ` ▸ |x| signals > a: booting, silent for ${s} s`));
    board.take(now(0, 'booting', 0), 1_000_000);
    expect(board.reminders(1_001_000)).toEqual([]);
    expect(board.reminders(1_060_000)).toHaveLength(1);
  });
});
