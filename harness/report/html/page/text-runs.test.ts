import { describe, expect, test } from 'vitest';
import { PLAIN, restyled } from './style-of-text.ts';
import { textRuns } from './text-runs.ts';

const textOf = (line: string) => textRuns(line, PLAIN).map(({ text, isEscape }) => (isEscape ? `<${text}>` : text));

describe('a line of a console', () => {
  test('loses what a terminal swallows, and shows what would act or hide', () => {
    expect(textOf('\x1b[2J\x1b[1;1Hhello\x1b(B')).toEqual(['hello']);
    expect(textOf('\x1b]0;title\x07x\x00y\u202e')).toEqual([
      '<\\x1b>',
      ']0;title',
      '<\\x07>',
      'x',
      '<\\x00>',
      'y',
      '<\\u202e>',
    ]);
  });

  test('has its tabs where a terminal has them', () => {
    expect(textOf('a\tb\t\tc')).toEqual([`a${' '.repeat(7)}b${' '.repeat(15)}c`]);
  });
});

describe('Select Graphic Rendition', () => {
  test.each([
    ['31', { foreground: 1 }],
    ['1;92;44', { bold: true, foreground: 10, background: 4 }],
    ['38;5;208', { foreground: '#ff8700' }],
    ['38;5;9', { foreground: 9 }],
    ['48;5;250', { background: '#bcbcbc' }],
    ['38;2;1;300;3', { foreground: '#01ff03' }],
    ['4;7;3;2', { underline: true, inverse: true, italic: true, faint: true }],
    ['31;0', {}],
    ['', {}],
    ['31;39', {}],
    ['1;22', {}],
    ['999', {}],
    ['38', {}],
  ])('%s', (parameters, style) => {
    expect(restyled(PLAIN, parameters)).toEqual(style);
  });
});
