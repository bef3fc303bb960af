import { parseAst } from 'vite';
import { describe, expect, test } from 'vitest';
import { findDuplicateCases } from './duplicate-cases.ts';

/** As the plugin sees a suite file: JavaScript, its types removed. */
function find(code: string): string | undefined {
  return findDuplicateCases(parseAst(code));
}

describe('a case that stands twice in a suite is found', () => {
  test.each([
    ['quoted', `defineSuite('s', { cases: { 'a b': { run: 'x' }, c: { run: 'y' }, 'a b': { run: 'z' } } });`, 'a b'],
    ['bare', `defineSuite('s', { cases: { fork: {}, fork: {} } });`, 'fork'],
    ['quoted once and bare once', `defineSuite('s', { cases: { 'fork': {}, fork: {} } });`, 'fork'],
    ['after other fields', `defineSuite('s', { needs: [], atLeast: 2, 'cases': { a: {}, a: {} } });`, 'a'],
    [
      'in the second suite of a file',
      `defineSuite('s', { cases: { a: {} } }); defineSuite('t', { cases: { a: {}, b: {}, b: {} } });`,
      'b',
    ],
    [
      'in a suite that a function defines',
      `for (const n of [1]) { const f = () => defineSuite('s', { cases: { a: {}, a: {} } }); f(); }`,
      'a',
    ],
    ['through a namespace', `twinboot.defineSuite('s', { cases: { a: {}, a: {} } });`, 'a'],
    ['among cases from elsewhere', `defineSuite('s', { cases: { ...more, a: {}, a: {} } });`, 'a'],
  ])('%s', (_, code, name) => {
    expect(find(code)).toBe(name);
  });
});

describe('nothing is found', () => {
  test.each([
    ['in a suite whose cases all differ', `defineSuite('s', { cases: { a: {}, b: {}, 'a ': {} } });`],
    ['between two suites', `defineSuite('s', { cases: { a: {} } }); defineSuite('t', { cases: { a: {} } });`],
    ['between a case and a field of another', `defineSuite('s', { cases: { a: { run: 'x' }, run: { run: 'y' } } });`],
    ['in other objects', `defineBoot('s', { cases: { a: {}, a: {} } }); const cases = { a: 1, a: 2 };`],
    ['where names are computed', `defineSuite('s', { cases: { [a]: {}, a: {}, [a]: {} } });`],
    [
      'where cases are declared elsewhere',
      `defineSuite('s', { cases }); defineSuite('t', declaration); defineSuite();`,
    ],
    ['in a file without suites', `export const x = 1;`],
  ])('%s', (_, code) => {
    expect(find(code)).toBeUndefined();
  });

  test.each([undefined, null, 7, 'text', [], {}])('in %j, which is no program', (program) => {
    expect(findDuplicateCases(program)).toBeUndefined();
  });
});
