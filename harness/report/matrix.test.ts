import { describe, expect, it } from 'vitest';
import { TwinbootError } from '../errors.ts';
import { caseResult, environment } from '../testing/results.ts';
import { matricesOf } from './matrix.ts';

const x86 = environment('linux/x86_64');
const arm = environment('linux/aarch64');
const on = (id: string, suite: string, name: string) => caseResult({ environment: id, suite, case: name });

describe('matricesOf', () => {
  it('puts the results of one case side by side, in the order of the environments', () => {
    const [matrix] = matricesOf([x86, arm], [on(arm.id, 'exec', 'argv'), on(x86.id, 'exec', 'argv')]);
    expect(matrix?.suites[0]?.rows[0]?.cells.map((cell) => cell?.environment)).toEqual([x86.id, arm.id]);
  });

  it('keeps suites and cases in the order in which they first appear, also when workers interleave', () => {
    const results = [
      on(x86.id, 'b', '2'),
      on(arm.id, 'a', '1'),
      on(x86.id, 'b', '1'),
      on(arm.id, 'b', '2'),
      on(x86.id, 'a', '1'),
    ];
    const [matrix] = matricesOf([x86, arm], results);
    expect(matrix?.suites.map(({ suite, rows }) => [suite, rows.map((row) => row.case)])).toEqual([
      ['b', ['2', '1']],
      ['a', ['1']],
    ]);
  });

  it('leaves a hole where an environment has no result', () => {
    const [matrix] = matricesOf([x86, arm], [on(arm.id, 'exec', 'argv')]);
    expect(matrix?.suites[0]?.rows[0]?.cells.map((cell) => cell?.environment)).toEqual([undefined, arm.id]);
  });

  it('hides no result behind another of the same name', () => {
    const failing = { ...on(x86.id, 'exec', 'argv'), verdict: { kind: 'fail' as const, reason: 'status 1' } };
    const [matrix] = matricesOf([x86, arm], [failing, on(x86.id, 'exec', 'argv'), on(arm.id, 'exec', 'argv')]);
    expect(matrix?.suites[0]?.rows.map(({ cells }) => cells.map((cell) => cell?.verdict.kind))).toEqual([
      ['fail', 'pass'],
      ['pass', undefined],
    ]);
  });

  it('keeps suites of one name in different files apart by case', () => {
    const other = { ...on(arm.id, 'exec', 'argv'), file: 'suites/exec/second.test.ts' };
    const [matrix] = matricesOf([x86, arm], [on(x86.id, 'exec', 'argv'), other]);
    expect(matrix?.suites[0]?.rows).toHaveLength(2);
  });

  it('gives every target a matrix of its own', () => {
    const own = environment('breenix/aarch64');
    const matrices = matricesOf([x86, own, arm], [on(own.id, 'exec', 'argv'), on(x86.id, 'exec', 'argv')]);
    expect(matrices.map(({ target, environments }) => [target, environments.map(({ id }) => id)])).toEqual([
      ['linux', [x86.id, arm.id]],
      ['breenix', [own.id]],
    ]);
  });

  it('finds the words about a case in whichever environment has them', () => {
    const [matrix] = matricesOf(
      [x86, arm],
      [on(x86.id, 'exec', 'argv'), { ...on(arm.id, 'exec', 'argv'), about: 'arguments arrive' }],
    );
    expect(matrix?.suites[0]?.rows[0]?.about).toBe('arguments arrive');
  });

  it('refuses a result that belongs nowhere rather than lose it', () => {
    expect(() => matricesOf([x86], [on(arm.id, 'exec', 'argv')])).toThrow(TwinbootError);
  });
});
