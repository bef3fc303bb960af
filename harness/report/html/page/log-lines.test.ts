import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../../../lines/splitter.ts';
import { visible } from '../../../lines/visible.ts';
import { hostileText } from '../../../testing/hostile-text.ts';
import { rowsWith } from './find-in-log.ts';
import { LogLines } from './log-lines.ts';

const logOf = (text: string) => new LogLines(Buffer.from(text, 'utf8'));
const rowsOf = (lines: LogLines) => Array.from({ length: lines.count }, (_, row) => lines.textOf(row));

describe('a log as rows', () => {
  test('ends them as the harness ends lines', () => {
    expect(rowsOf(logOf('a\nb\r\nc\r\r\n10%\r20%\r\n\n\nlast'))).toEqual(['a', 'b', 'c', '10%', '20%', '', '', 'last']);
    expect(rowsOf(logOf(''))).toEqual([]);
    expect(rowsOf(logOf('x\n'))).toEqual(['x']);
  });

  test('has the lines that the harness has, of text without escape sequences', () => {
    const pieces = fc.constantFrom('a', 'bc', ' ', '\n', '\r\n', '\r', 'é', '\r\r\n');
    fc.assert(
      fc.property(fc.array(pieces), (parts) => {
        const bytes = Buffer.from(parts.join(''), 'utf8');
        const splitter = new LineSplitter();
        const lines = [...splitter.push(bytes, 0), ...splitter.end(0)].map(({ text }) => text.trim());
        const rows = rowsOf(new LogLines(bytes)).map((row) => row.trim());
        expect(rows.filter(Boolean)).toEqual(lines.filter(Boolean));
      }),
    );
  });

  test('goes on in the next row where a line is long, and cuts no character', () => {
    const lines = logOf(`${'é'.repeat(5_000)}\nend`);
    expect(rowsOf(lines).join('')).toBe(`${'é'.repeat(5_000)}end`);
    expect(Array.from({ length: lines.count }, (_, row) => lines.isContinued(row))).toEqual([
      false,
      true,
      true,
      true,
      true,
      false,
    ]);
  });

  test('keeps a colour from one row to the next, until it ends', () => {
    const lines = logOf('a\x1b[31mb\nc\n\x1b[0md\n');
    expect([0, 1, 2].map((row) => lines.runsOf(row))).toEqual([
      [
        { text: 'a', style: {}, isEscape: false },
        { text: 'b', style: { foreground: 1 }, isEscape: false },
      ],
      [{ text: 'c', style: { foreground: 1 }, isEscape: false }],
      [{ text: 'd', style: {}, isEscape: false }],
    ]);
  });

  test('knows the row of every byte', () => {
    const lines = logOf('ab\ncd\n');
    expect([0, 1, 2, 3, 5].map((byte) => lines.rowAt(byte))).toEqual([0, 0, 0, 1, 1]);
    expect([0, 1].map((row) => lines.lastByteOf(row))).toEqual([2, 5]);
  });

  test('has nothing that a browser or an eye takes for something else, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          hostileText.map((text) => Buffer.from(text, 'utf8')),
          fc.uint8Array(),
        ),
        (bytes) => {
          const lines = new LogLines(bytes);
          for (let row = 0; row < lines.count; row++) {
            for (const { text } of lines.runsOf(row)) expect(visible(text, Number.POSITIVE_INFINITY)).toBe(text);
          }
        },
      ),
    );
  });
});

test('text is found in whatever case, each row once, and nothing where nothing is wanted', () => {
  const lines = logOf('Kernel PANIC, panic\nfine\nno panic\n');
  expect(rowsWith(lines, 'panic')).toEqual([0, 2]);
  expect(rowsWith(lines, 'FINE')).toEqual([1]);
  expect(rowsWith(lines, 'c\nf')).toEqual([0]);
  expect(rowsWith(lines, '')).toEqual([]);
  expect(rowsWith(logOf(''), 'x')).toEqual([]);
});
