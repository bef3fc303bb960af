import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { caseResult, runResults } from '../../testing/results.ts';
import { applyBaseline, readBaseline } from './baseline-file.ts';

let file = '';
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(tmpdir(), 'twinboot-baseline-')), 'baseline.txt');
});
afterEach(() => rmSync(path.dirname(file), { recursive: true, force: true }));

const results = runResults({
  results: [caseResult(), caseResult({ case: 'itimer_test', verdict: { kind: 'fail', reason: 'x' } })],
});
const update = (run = results) => applyBaseline({ file, update: true }, run, 'reports/latest');
const compare = (run = results) => applyBaseline({ file, update: false }, run, 'reports/latest');

describe('a baseline that is to be written', () => {
  it('is made, and then the run is as recorded', () => {
    expect(update()).toMatchObject({ update: { kind: 'written' }, exitCode: 0 });
    expect(readFileSync(file, 'utf8').split('\n').slice(-3)).toEqual([
      'pass    linux/x86_64 signals > alarm_test',
      'fail    linux/x86_64 signals > itimer_test',
      '',
    ]);
    expect(compare()).toMatchObject({ comparison: { changes: [], same: 2 }, exitCode: 0 });
    expect(update()).toMatchObject({ update: { kind: 'unchanged' } });
    expect(readdirSync(path.dirname(file))).toEqual(['baseline.txt']);
  });

  it.each([
    ['was cut short', { ...results, run: { ...results.run, complete: false } }, 1, 'the run was cut short'],
    [
      'could not judge',
      { ...results, results: [...results.results, caseResult({ case: 'c', verdict: { kind: 'error', reason: 'x' } })] },
      69,
      'one case could not be judged',
    ],
  ] as const)('is left as it is by a run that %s', (_, run, exitCode, because) => {
    update();
    const before = readFileSync(file, 'utf8');
    expect(update(run)).toMatchObject({ update: { kind: 'refused', because }, exitCode });
    expect(readFileSync(file, 'utf8')).toBe(before);
  });

  it('is left as it is when it cannot be meant', () => {
    writeFileSync(file, '# twinboot-baseline/1\npas linux/x86_64 a > b\n');
    expect(() => update()).toThrow(`${file}:2: verdict: expected "pass"`);
    expect(readFileSync(file, 'utf8')).toBe('# twinboot-baseline/1\npas linux/x86_64 a > b\n');
  });
});

describe('a baseline that is not there', () => {
  it('is said not to be, with what writes it', () => {
    const told = `The baseline ${file} does not exist; --update-baseline writes it`;
    expect(() => compare()).toThrow(told);
    expect(existsSync(file)).toBe(false);
    expect(() => readBaseline({ file: path.dirname(file), update: false })).toThrow(/cannot be read: EISDIR/);
  });
});
