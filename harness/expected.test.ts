import { describe, expect, test } from 'vitest';
import { expected, nearest, shown } from './expected.ts';

describe('expected', () => {
  test('names the field, the choices, what it got, and the nearest right word', () => {
    expect(expected('network', ['none', 'user'], 'usr')).toBe(
      'network: expected "none" | "user", got "usr" (did you mean "user"?)',
    );
  });

  test('offers nothing where nothing is near', () => {
    expect(expected('network', ['none', 'user'], 'infiniband')).toBe(
      'network: expected "none" | "user", got "infiniband"',
    );
  });

  test('offers nothing for what is not a word', () => {
    expect(expected('network', ['none', 'user'], 7)).toBe('network: expected "none" | "user", got 7');
    expect(expected('network', ['none'], undefined)).toBe('network: expected "none", got nothing');
  });
});

describe('nearest', () => {
  test.each([
    ['Linux', 'linux'],
    ['liunx', 'linux'],
    ['lin', 'linux'],
    ['calamaty-kernel', 'calamity-kernel'],
  ])('%j is near %j', (word, near) => {
    expect(nearest(word, ['linux', 'calamity-kernel'])).toBe(near);
  });

  test('leaves a word that is far from all alone', () => {
    expect(nearest('xv6', ['linux', 'calamity'])).toBeUndefined();
    expect(nearest('xv6', [])).toBeUndefined();
  });
});

describe('shown', () => {
  test.each([
    ['a text', '"a text"'],
    [{ a: [1, null] }, '{"a":[1,null]}'],
    [undefined, 'nothing'],
    [() => 1, 'a function'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%o as %j', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  test('shortens what is long', () => {
    expect(shown('x'.repeat(500))).toMatch(/^"x{76}…$/);
  });

  test('survives values that JSON cannot hold', () => {
    const circular: unknown[] = [];
    circular.push(circular);
    expect(shown(circular)).toBeTypeOf('string');
    expect(shown(10n)).toBe('10');
  });
});
