import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { composePosixCommand, composePosixHandshake, quote, requireTypeable } from './posix-command.ts';

const NONCE = '0123abcd';
const anyCommand = fc.string({ unit: fc.constantFrom(...`ab '"\\$\`#&;<>:${NONCE}\n`) });

describe('what is typed', () => {
  test('never contains what is awaited', () => {
    fc.assert(
      fc.property(anyCommand, (command) => {
        fc.pre(!command.includes(NONCE));
        const { typed, status, prompt, begin, askStatus } = composePosixCommand(command, NONCE);
        for (const text of [typed, askStatus]) {
          expect(text).not.toMatch(status);
          expect(text).not.toContain(prompt);
          expect(text).not.toContain(begin);
        }
      }),
    );
  });

  test('the handshake neither', () => {
    const { typed, prompt, continuation } = composePosixHandshake();
    expect(typed).not.toContain(prompt);
    expect(typed).not.toContain(continuation);
  });

  test('tells how often the shell will ask for the next line', () => {
    expect(composePosixCommand('echo').continuations).toBe(0);
    const { typed, continuations } = composePosixCommand('cat <<E\nx\nE');
    expect(continuations).toBe(typed.split('\n').length - 2);
  });

  test('differs from run to run', () => {
    expect(composePosixCommand('x').prompt).not.toBe(composePosixCommand('x').prompt);
  });
});

describe('the status', () => {
  const { status } = composePosixCommand('x', NONCE);

  test.each([
    [`<${NONCE}:${NONCE}.0>`, '0'],
    [`message<${NONCE}:${NONCE}.127>more`, '127'],
    [`<${NONCE}:99999999.5>`, undefined],
    [`<${NONCE}:>`, undefined],
  ])('in %j is %s', (line, expected) => {
    const match = status.exec(line);
    expect(match).not.toBeNull();
    expect(match?.[1]).toBe(expected);
  });

  test.each([`<${NONCE}:${NONCE}.1[ 1.2] torn`, `<99999999:${NONCE}.0>`, `<${NONCE}>`, `<${NONCE}:${NONCE}.1[ 1.2]7>`])(
    'is not in %j',
    (line) => {
      expect(line).not.toMatch(status);
    },
  );
});

test.skipIf(spawnSync('sh', ['-c', ':']).status !== 0)('a quoted text is one word of a real shell', () => {
  const samples = fc.sample(anyCommand, 40);
  const { stdout } = spawnSync('sh', ['-c', `printf '%s\\0' ${samples.map(quote).join(' ')}`], { encoding: 'utf8' });
  expect(stdout.split('\0').slice(0, -1)).toEqual(samples);
});

describe('a command that cannot be typed', () => {
  test.each(['a\tb', 'a\x03', 'a\rb', '\x1b[A', '\x7f'])('%j is a fault of the declaration', (command) => {
    expect(() => requireTypeable(command)).toThrow(DeclarationError);
  });

  test('has several lines where the shell cannot ask for them', () => {
    expect(() => requireTypeable('a\nb', 'one')).toThrow('cannot contain the character "\\n": "a\\nb"');
    expect(() => requireTypeable('a\nb')).not.toThrow();
  });
});
