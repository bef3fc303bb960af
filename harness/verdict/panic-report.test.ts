import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Line } from '../lines/line.ts';
import { hostileText } from '../testing/hostile-text.ts';
import { crashTitle } from './crash-title.ts';
import { type ConsoleState, PanicReader, type PanicReport } from './panic-report.ts';
import { framesAtFault } from './printed-frames.ts';

const LOGS = path.resolve(import.meta.dirname, '../../fixtures/logs/panics');
const QUIET: ConsoleState = { unfinished: '', closed: 'no', isPrinting: false };
const PROMPT = /^~ # /;

function linesOf(texts: readonly string[], atMs: (index: number) => number = (index) => index): Line[] {
  return texts.map((text, index) => ({ index, atMs: atMs(index), text, truncated: false }));
}

/** What a console with these lines gives: the first that matches is the panic. */
function readerOf(lines: readonly Line[], panic: RegExp): PanicReader {
  const at = lines.findIndex(({ text }) => panic.test(text));
  const reader = new PanicReader({
    console: 'user',
    before: lines.slice(0, at),
    panic: lines[at] as Line,
    prompts: [PROMPT],
  });
  for (const line of lines.slice(at + 1)) reader.accept(line);
  return reader;
}

function cut(texts: readonly string[], panic = /panic/i, state = QUIET): PanicReport {
  return readerOf(linesOf(texts), panic).report(state);
}

describe('a report of', () => {
  test.each(readdirSync(LOGS))('%s is cut and read as its header says', (file) => {
    const [header = '', log = ''] = readFileSync(path.join(LOGS, file), 'utf8').split('=== log ===\n');
    const says = (field: string) => new RegExp(`^${field}: ?(.*)$`, 'm').exec(header)?.[1] ?? '';
    const report = cut(log.trimEnd().split('\n'), new RegExp(says('panic')));
    const frames = framesAtFault(report.lines).map((frame) => frame.function ?? frame.address);
    expect({
      title: crashTitle(report.headline),
      frames: frames.join(', '),
      first: report.lines[0]?.replace(/^\[ *\d+\.\d+\] /, ''),
      last: report.lines.at(-1)?.replace(/^\[ *\d+\.\d+\] /, ''),
      truncated: report.truncated ? 'yes' : 'no',
    }).toEqual({
      title: says('title'),
      frames: says('frames'),
      first: says('first'),
      last: says('last'),
      truncated: says('truncated'),
    });
  });
});

describe('a report ends', () => {
  const panic = ['KERNEL PANIC: oh', 'backtrace:', '  #0 0x1234'];

  test('where a prompt stands, and does not begin before one', () => {
    expect(cut(['BUG: long ago', '~ # panic', ...panic, '', '~ # ls', 'bin'], /KERNEL PANIC/).lines).toEqual(panic);
  });

  test('after a silence', () => {
    const texts = [...panic, 'heartbeat'];
    const late = linesOf(texts, (index) => (index === 3 ? 9_000 : index));
    expect(readerOf(late, /PANIC/).report(QUIET).lines).toEqual(panic);
  });

  test('with the line that is being printed, and is truncated then', () => {
    const { lines, truncated } = cut(panic, /PANIC/, { ...QUIET, unfinished: '  #1 0x12' });
    expect([lines.at(-1), truncated]).toEqual(['  #1 0x12', true]);
  });

  test.each<[Partial<ConsoleState>, boolean]>([
    [{}, false],
    [{ isPrinting: true }, true],
    [{ closed: 'at the end of a line' }, false],
    [{ closed: 'in the middle of a line' }, true],
  ])('as the console does: %j is truncated: %j', (state, truncated) => {
    expect(cut(panic, /PANIC/, { ...QUIET, ...state }).truncated).toBe(truncated);
  });

  test('at the panic itself where Linux resets at once, and is whole', () => {
    const reset = cut(['Kernel panic - not syncing: VFS'], /panic/, { ...QUIET, closed: 'at the end of a line' });
    expect(reset.truncated).toBe(false);
    expect(cut(['Kernel panic - not syncing: VFS'], /panic/).truncated).toBe(true);
  });
});

describe('the headline', () => {
  test.each([
    [['KERNEL PANIC: double fault', 'rip 0x1'], 'KERNEL PANIC: double fault'],
    [['*** KERNEL PANIC ***', 'RAX=0000000000000000', 'out of memory'], 'out of memory'],
    [['KERNEL PANIC!', 'Backtrace:'], 'KERNEL PANIC!'],
    [['panic:', 'no init'], 'panic: no init'],
    [['[ERROR kernel] panic: no init'], 'panic: no init'],
    [['[PANIC]'], '[PANIC]'],
    [['panicked at src/a.rs:1:2:', 'stack backtrace:'], 'panicked at src/a.rs:1:2:'],
  ])('of %j is %j', (texts, headline) => {
    expect(cut(texts).headline).toBe(headline);
  });

  test('leaves the prompt out that the kernel died at', () => {
    expect(cut(['~ # KERNEL PANIC: oh'], /KERNEL/).headline).toBe('KERNEL PANIC: oh');
  });
});

describe('whatever the guest prints', () => {
  const texts = fc.array(
    fc.oneof(
      hostileText,
      fc.constantFrom(
        'BUG: x',
        '---[ end trace 0 ]---',
        'Kernel panic - not syncing: x',
        '====================',
        '~ # ',
      ),
    ),
    { maxLength: 40 },
  );

  test('the report is the same whether a line was there before the panic was seen or came after it, and twice', () => {
    fc.assert(
      fc.property(texts, fc.nat(40), (after, heardTwice) => {
        const lines = linesOf(['KERNEL PANIC', ...after]);
        const reader = readerOf(lines, /KERNEL PANIC/);
        for (const line of lines.slice(0, heardTwice)) reader.accept(line);
        expect(reader.report(QUIET)).toEqual(readerOf(lines, /KERNEL PANIC/).report(QUIET));
      }),
    );
  });

  test('it begins at or above the panic, and holds it', () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const report = cut([...before, 'MY PANIC', ...after], /^MY PANIC$/);
        expect(report.lines).toContain('MY PANIC');
        for (const frame of framesAtFault(report.lines)) expect(frame.function ?? frame.address).toBeTruthy();
      }),
    );
  });

  test('a long one keeps its beginning, its end and the count of what is left out', () => {
    const body = Array.from({ length: 100_000 }, (_, index) => `line ${index}`);
    const { lines } = cut(['KERNEL PANIC: flood', ...body]);
    expect(lines).toHaveLength(251);
    expect(lines.slice(199, 202)).toEqual(['line 198', '[… 99751 lines are left out here …]', 'line 99950']);
    expect(lines.at(-1)).toBe('line 99999');
  });

  test('lines of any length take little room', () => {
    const { lines } = cut(['KERNEL PANIC', ...Array.from({ length: 500 }, () => 'x'.repeat(60_000))]);
    expect(lines.join('\n').length).toBeLessThan(70_000);
  });

  test.each([
    ['blanks', ' '.repeat(60_000)],
    ['brackets', '[a] '.repeat(15_000)],
    ['hex', 'deadbeef '.repeat(7_000)],
    ['names', '<a::b>'.repeat(10_000)],
    ['zeros', '0 '.repeat(30_000)],
    ['parentheses', ' in a ('.repeat(9_000)],
    ['traces', 'stack trace '.repeat(5_000)],
    ['counters', 'pc 0x '.repeat(10_000)],
  ])('a report of long lines of %s is read', (_, text) => {
    const { lines } = cut(['KERNEL PANIC', 'backtrace:', ...Array.from({ length: 250 }, () => text)]);
    expect(framesAtFault(lines).length).toBeLessThanOrEqual(64);
  });
});
