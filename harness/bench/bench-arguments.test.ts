import { describe, expect, test } from 'vitest';
import { DeclarationError } from '../errors.ts';
import { isWanted, parseBenchArguments } from './bench-arguments.ts';

const names = ['fresh/a', 'clone/a', 'clone-whole/a', 'clone/b'];

describe('the arguments', () => {
  test('may be none: everything is measured', () => {
    expect(parseBenchArguments([], names)).toEqual({ prefixes: [], rounds: undefined, strict: false });
  });

  test('are beginnings of names, rounds and strictness, in any order', () => {
    expect(parseBenchArguments(['--strict', 'clone', '--rounds', '3', 'fresh/a'], names)).toEqual({
      prefixes: ['clone', 'fresh/a'],
      rounds: 3,
      strict: true,
    });
  });

  test('that no name begins with are answered with the names', () => {
    expect(() => parseBenchArguments(['clone', 'colne'], names)).toThrow(
      new DeclarationError(
        'no benchmark\'s name starts with "colne"; there are\n  fresh/a\n  clone/a\n  clone-whole/a\n  clone/b',
      ),
    );
  });

  test.each(['0', '-1', '1.5', 'many', ''])('refuse %j rounds', (rounds) => {
    expect(() => parseBenchArguments([`--rounds=${rounds}`], names)).toThrow(DeclarationError);
  });

  test('refuse an option that there is not', () => {
    expect(() => parseBenchArguments(['--fast'], names)).toThrow(DeclarationError);
  });
});

test('an entry is wanted when its name begins as one of those asked for, or when none is', () => {
  expect(names.filter((name) => isWanted(name, ['clone/']))).toEqual(['clone/a', 'clone/b']);
  expect(names.filter((name) => isWanted(name, []))).toEqual(names);
});
