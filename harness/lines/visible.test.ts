import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import { visible, visibleBlock, visibleLine } from './visible.ts';

describe('visible', () => {
  it('leaves ordinary text of any script as it is', () => {
    const text = 'SIGALRM → Händler 信号 😀 "`[ok]`"';
    expect(visible(text)).toBe(text);
  });

  it('shows what a terminal would obey as an escape', () => {
    expect(visible('\x1b[2J\0\x07\x7f\x9b')).toBe('\\x1b[2J\\x00\\x07\\x7f\\x9b');
    expect(visible('a\tb\r\nc')).toBe('a\\tb\\r\\nc');
  });

  it('shows what would reorder or hide text as an escape', () => {
    expect(visible('pass\u202egnp\u2066')).toBe('pass\\u202egnp\\u2066');
    expect(visible('a\u200bb\u2028c\ufeff')).toBe('a\\u200bb\\u2028c\\ufeff');
    expect(visible('\u{e0041}')).toBe('\\u{e0041}');
  });

  it('shows lone surrogates and noncharacters, and keeps pairs', () => {
    expect(visible('\ud800x\udc00\ufffe\uffff😀')).toBe('\\ud800x\\udc00\\ufffe\\uffff😀');
  });

  it('ends a long text in an ellipsis and cuts no escape or pair in two', () => {
    expect(visible('abcdef', 6)).toBe('abcdef');
    expect(visible('abcdefg', 6)).toBe('abcde…');
    expect(visible('abc\x1b[', 6)).toBe('abc…');
    expect(visible('abcd😀x', 6)).toBe('abcd…');
  });

  it('keeps within its length and lets nothing invisible through, whatever the text', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 1, max: 80 }), (text, maxLength) => {
        const shown = visible(text, maxLength);
        expect(shown.length).toBeLessThanOrEqual(maxLength);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{fffe}\u{ffff}]/u);
        expect(visible(shown, maxLength)).toBe(shown);
      }),
    );
  });
});

describe('visibleLine', () => {
  it('joins the lines of a message', () => {
    expect(visibleLine('No line matched.\n  last line   [vfs] mounting root\r\n')).toBe(
      'No line matched. / last line   [vfs] mounting root',
    );
  });
});

describe('visibleBlock', () => {
  it('keeps line breaks and nothing else', () => {
    expect(visibleBlock('one\r\n\ttwo\x1b\n')).toBe('one\n\\ttwo\\x1b\n');
  });

  it('is bounded', () => {
    expect(visibleBlock('x'.repeat(50), 10)).toBe(`${'x'.repeat(10)}…`);
  });
});
