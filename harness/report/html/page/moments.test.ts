import { describe, expect, test } from 'vitest';
import type { CellDocument } from '../report-document.ts';
import { ArrivalTimes } from './arrival-times.ts';
import { foundFacts } from './found-facts.ts';
import { lanesOf, momentsOf } from './moments.ts';

const cell: CellDocument = {
  kind: 'fail',
  took: '1 s',
  stages: [{ name: 'kernel', atMs: 500 }],
  codes: [{ code: 0x40, range: 'kernel', atMs: 450 }],
};
const filesOf = (files: Readonly<Record<string, string>>) =>
  new Map(Object.entries(files).map(([name, text]) => [name, new Uint8Array(Buffer.from(text))]));

describe('the moments of a case', () => {
  test('are on one axis, whatever they come from', () => {
    const moments = momentsOf(
      cell,
      filesOf({
        'interrupts.txt':
          '    0.600 s  vCPU 0  page-fault (#PF)  kernel → kernel\n    0.700 s  triple-fault (triple fault)',
        'console-user.log': '\x1b[31mhello\x1b[0m\nworld\n',
        'console-user.times': '100.0 0\n550.5 15\n',
      }),
    );
    expect(moments).toEqual([
      { at: 0.1, lane: 'console user', text: 'hello' },
      { at: 0.45, lane: 'port code', text: '0x40 kernel' },
      { at: 0.5, lane: 'stage', text: 'kernel' },
      { at: 0.5505, lane: 'console user', text: 'world' },
      { at: 0.6, lane: 'page-fault', text: 'vCPU 0  page-fault (#PF)  kernel → kernel' },
      { at: 0.7, lane: 'triple-fault', text: 'triple-fault (triple fault)' },
    ]);
    expect(lanesOf(moments)).toEqual(['stage', 'port code', 'console user', 'page-fault', 'triple-fault']);
  });

  test('take the debug ports in full where the evidence has them', () => {
    const ports =
      '[3 entries before these are not kept]\n    0.450 s  0x80   0x40 kernel  (2 times)\n    0.460 s  0xe9   hi';
    expect(momentsOf({ ...cell, stages: [] }, filesOf({ 'ports.txt': ports }))).toEqual([
      { at: 0.45, lane: 'port 0x80', text: '0x40 kernel  (2 times)' },
      { at: 0.46, lane: 'port 0xe9', text: 'hi' },
    ]);
  });

  test('are none where nothing is known, and inert where evidence is not what it seems', () => {
    expect(momentsOf({ kind: 'fail', took: '1 s' }, filesOf({ 'interrupts.txt': 'no time here' }))).toEqual([]);
    const [moment] = momentsOf({ kind: 'fail', took: '1 s' }, filesOf({ 'interrupts.txt': '    0.600 s  irq \u202e' }));
    expect(moment?.text).toBe('irq \\u202e');
  });
});

test('a byte came when the piece came that it is in', () => {
  const times = new ArrivalTimes('5.0 0\nnot a time\n7.5 10\n');
  expect([0, 9, 10, 1_000].map((byte) => times.atMs(byte))).toEqual([5, 5, 7.5, 7.5]);
  expect(new ArrivalTimes('').atMs(0)).toBeUndefined();
});

test('the facts of a verdict’s text are those that stand nowhere else, made visible', () => {
  const text = [
    'hang (spinning): …',
    '  case        a > b on linux/x86_64',
    '  last line   hello \u202e (3 ms ago)',
    '  vCPU 0      spin+0x10, kernel',
    '              and 3 vCPUs more, in backtraces.txt',
    '  evidence    reports/latest',
  ].join('\n');
  expect(foundFacts(text)).toEqual([
    { name: 'last line', value: 'hello \\u202e (3 ms ago)' },
    { name: 'vCPU 0', value: 'spin+0x10, kernel' },
    { name: '', value: 'and 3 vCPUs more, in backtraces.txt' },
  ]);
});
