import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compileEndPattern,
  compileLinePattern,
  compileStartPattern,
  describePattern,
  withoutMemory,
} from './patterns.ts';

test('a string stands for itself wherever patterns are compiled', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, other) => {
      expect(compileLinePattern(text).exec(other + text + other)?.[0]).toBe(text);
      expect(compileStartPattern(text).exec(text + other)?.[0]).toBe(text);
      expect(compileEndPattern(text).exec(other + text)?.[0]).toBe(text);
      expect(compileLinePattern(text).test(other)).toBe(other.includes(text));
      expect(compileStartPattern(text).test(other)).toBe(other.startsWith(text));
      expect(compileEndPattern(text).test(other)).toBe(other.endsWith(text));
    }),
  );
});

test('alternatives are anchored as a whole', () => {
  expect(compileEndPattern(/# |> /).test('# ls')).toBe(false);
  expect(compileStartPattern(/# |> /).test('ls > ')).toBe(false);
});

test('an end is the end of the text, not of a line in it', () => {
  expect(compileEndPattern(/x/m).test('x\u2028y')).toBe(false);
});

test('flags that give a pattern a memory are dropped, the others stay', () => {
  expect(withoutMemory(/a/giy).flags).toBe('i');
  expect(compileEndPattern(/A/gi).test('a')).toBe(true);
  const pattern = /a/u;
  expect(withoutMemory(pattern)).toBe(pattern);
});

test('a pattern is described as its author wrote it', () => {
  expect([describePattern(/^init: \w+/i), describePattern('login: ')]).toEqual(['/^init: \\w+/i', '"login: "']);
});
