import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter, type LineSplitterOptions } from './splitter.ts';

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'utf8');

function linesOf(chunks: readonly Uint8Array[], options?: LineSplitterOptions): string[] {
  const splitter = new LineSplitter(options);
  const lines = chunks.flatMap((chunk) => splitter.push(chunk, 1));
  return [...lines, ...splitter.end(2)].map((line) => (line.truncated ? `${line.text}…` : line.text));
}

const split = (text: string, options?: LineSplitterOptions): string[] => linesOf([bytesOf(text)], options);

describe('line endings', () => {
  test.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\r\r\nb\r\r\r\n', ['a', 'b']],
    ['a\n\nb\n', ['a', '', 'b']],
    ['a\r\n\r\nb', ['a', '', 'b']],
    ['10%\r20%\r100%\r\ndone\n', ['10%', '20%', '100%', 'done']],
    ['a\n\rb\n\r', ['a', 'b']],
    ['a\n\r\n\rb', ['a', '', 'b']],
    ['\x1b[2K\r50%\x1b[2K\rdone\n', ['50%', 'done']],
    ['\x1b[0m\r\n', ['']],
    ['a\r\0\nb\n', ['a', 'b']],
    ['no ending', ['no ending']],
    ['', []],
  ])('%j is %j', (text, lines) => {
    expect(split(text)).toEqual(lines);
  });

  test('a \\r at the end of a chunk emits at once and swallows the \\n of the next chunk', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(bytesOf('50%\r'), 7)).toEqual([{ index: 0, atMs: 7, text: '50%', truncated: false }]);
    expect(splitter.push(bytesOf('\n'), 8)).toEqual([]);
    expect(splitter.push(bytesOf('x\n'), 9)).toEqual([{ index: 1, atMs: 9, text: 'x', truncated: false }]);
  });
});

describe('text', () => {
  test.each([
    ['colours', '\x1b[1;31mpanic\x1b[0m: out of memory', 'panic: out of memory'],
    ['reset, save and restore', '\x1bc\x1b7a\x1b8b', 'ab'],
    ['character sets', '\x1b(0a\x1b)Bb\x1b%Gc', 'abc'],
    ['a window title', '\x1b]0;root@guest: ~\x07# ls', '# ls'],
    ['a cursor position query', '# \x1b[6n', '# '],
    ['bracketed paste', '\x1b[?2004hsh$ \x1b[?2004l', 'sh$ '],
    ['an unfinished sequence', 'ready\x1b[1;3', 'ready'],
    ['an unfinished character set', 'ready\x1b(', 'ready'],
    ['a lone ESC', 'a\x1b', 'a'],
    ['a title that never ends, without hiding what follows', 'x\x1b]Kernel panic', 'xKernel panic'],
    ['NUL bytes', '\0a\0\0b\0', 'ab'],
  ])('is without %s', (_what, raw, text) => {
    expect(split(`${raw}\n`)).toEqual([text]);
  });

  test('invalid UTF-8 becomes U+FFFD and nothing around it is lost', () => {
    expect(linesOf([Buffer.from([0x61, 0xff, 0x62, 0xc3, 0x0a, 0xc3, 0xa9, 0x0a])])).toEqual(['a\ufffdb\ufffd', 'é']);
  });

  test('a character split between chunks is one character', () => {
    const [first, second] = [bytesOf('né').subarray(0, 2), bytesOf('né').subarray(2)];
    expect(linesOf([first, second])).toEqual(['né']);
  });
});

describe('the limit of a line', () => {
  test('a longer line is cut and marked, and the next line is whole', () => {
    expect(split('123456789\nabc\n', { maxLineBytes: 4 })).toEqual(['1234…', 'abc']);
  });

  test('a line of exactly the limit is whole', () => {
    expect(split('1234\n', { maxLineBytes: 4 })).toEqual(['1234']);
  });

  test('a character that the cut divides is left out', () => {
    expect(split('abcé\n', { maxLineBytes: 4 })).toEqual(['abc…']);
  });

  test.each([
    [1, 2 * 2 ** 20],
    [1_000, 10 * 2 ** 20],
  ])(
    'a line without an ending in chunks of %d bytes, %d in all, is one cut line',
    { timeout: 60_000 },
    (size, total) => {
      const splitter = new LineSplitter();
      const chunk = bytesOf('x'.repeat(size));
      for (let count = 0; count < total; count += size) splitter.push(chunk, 0);
      expect(splitter.tail).toBe('x'.repeat(4096));
      const [line, ...others] = splitter.push(bytesOf('\n'), 0);
      expect(line).toMatchObject({ index: 0, text: 'x'.repeat(64 * 1024), truncated: true });
      expect(others).toEqual([]);
    },
  );

  test('a line made of unfinished escape sequences is cleaned in one pass', () => {
    const introducers = ['\x1b[', '\x1b]', '\x1bP', '\x1b', '\x1b(', '\x9b', '\x1b[1 '];
    for (const introducer of introducers) {
      const raw = introducer.repeat(Math.floor((60 * 1024) / introducer.length));
      expect(split(`${raw}\nend\n`).at(-1)).toBe('end');
    }
  });
});

describe('the tail', () => {
  test('is the unfinished line, cleaned', () => {
    const splitter = new LineSplitter();
    splitter.push(bytesOf('login\n\x1b[1m/ \x1b[0m# \x1b[6'), 0);
    expect(splitter.tail).toBe('/ # ');
    splitter.push(bytesOf('nls'), 0);
    expect(splitter.tail).toBe('/ # ls');
    splitter.push(bytesOf('\n'), 0);
    expect(splitter.tail).toBe('');
  });

  test('does not show a window title that is still being received', () => {
    const splitter = new LineSplitter();
    splitter.push(bytesOf('x\x1b]0;root@guest # '), 0);
    expect(splitter.tail).toBe('x');
    splitter.push(bytesOf('\x07$ '), 0);
    expect(splitter.tail).toBe('x$ ');
  });

  test('is the end of a line that is longer than the limit, where a prompt would stand', () => {
    const splitter = new LineSplitter({ maxLineBytes: 8 });
    splitter.push(bytesOf('é'.repeat(10_000)), 0);
    splitter.push(bytesOf('# '), 0);
    expect(splitter.tail.endsWith('é# ')).toBe(true);
    expect(splitter.tail).not.toContain('\ufffd');
    expect(Buffer.byteLength(splitter.tail)).toBeLessThanOrEqual(4096);
  });

  test('joins what was kept and what came after without a gap', () => {
    const splitter = new LineSplitter({ maxLineBytes: 8 });
    splitter.push(bytesOf('0123456789ab'), 0);
    expect(splitter.tail).toBe('0123456789ab');
  });
});

describe('laws', () => {
  const piece = fc.constantFrom(
    'a',
    'é',
    '# ',
    '\r',
    '\n',
    '\0',
    '\x1b[31m',
    '\x1b[',
    '\x1b]0;t',
    '\x07',
    '\x1b',
    ';',
    '\x1b(B',
  );
  const stream = fc.array(fc.oneof(piece.map(bytesOf), fc.uint8Array({ maxLength: 3 })), { maxLength: 40 });

  test('the same lines and the same tail however the stream is cut', () => {
    fc.assert(
      fc.property(
        stream,
        fc.infiniteStream(fc.nat({ max: 4 })),
        fc.constantFrom(3, 5, 64),
        (pieces, sizes, maxLineBytes) => {
          const whole = Buffer.concat(pieces);
          const cut = new LineSplitter({ maxLineBytes });
          const lines = [];
          for (let at = 0; at < whole.length; ) {
            const size = Number(sizes.next().value);
            lines.push(...cut.push(whole.subarray(at, at + size), 0));
            at += size;
          }
          const reference = new LineSplitter({ maxLineBytes });
          expect(lines).toEqual(reference.push(whole, 0));
          expect(cut.tail).toBe(reference.tail);
          expect(cut.end(0)).toEqual(reference.end(0));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('agrees with a regular expression over the whole text', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'b ', '\r', '\n', '\0')).map((parts) => parts.join('')),
        (text) => {
          const expected = [...text.replaceAll('\0', '').matchAll(/([^\r\n]*)(\r*\n|\r+|$)/g)]
            .filter(([, visible, ending]) => visible !== '' || ending?.includes('\n'))
            .map(([, visible]) => visible);
          expect(split(text)).toEqual(expected);
        },
      ),
    );
  });

  test('indexes count from 0 without a gap', () => {
    fc.assert(
      fc.property(stream, (pieces) => {
        const splitter = new LineSplitter({ maxLineBytes: 4 });
        const lines = [...pieces.flatMap((bytes) => splitter.push(bytes, 0)), ...splitter.end(0)];
        expect(lines.map((line) => line.index)).toEqual(lines.map((_line, at) => at));
        expect(splitter.nextIndex).toBe(lines.length);
      }),
    );
  });
});
