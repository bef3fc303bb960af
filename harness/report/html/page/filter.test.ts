import { describe, expect, test } from 'vitest';
import type { CellDocument, ReportDocument, RowDocument, TargetDocument } from '../report-document.ts';
import { Cases, EVERYTHING, type Filter } from './filter.ts';
import { cellAfter, nearestCell } from './matrix-keys.ts';
import { nextNotPassing } from './place.ts';

const pass: CellDocument = { kind: 'pass', took: '1 ms' };
const panic: CellDocument = { kind: 'crash', took: '1 ms', text: 'crash (panic): No Root', cause: 0 };
const row = (name: string, ...cells: (CellDocument | null)[]): RowDocument => ({ name, declared: `${name}.ts`, cells });

function target(name: string, rows: readonly RowDocument[]): TargetDocument {
  const score = { passed: 1, due: 1, rate: '100 %' };
  const columns = ['x86_64', 'aarch64'].map((label) => ({ label, accelerator: 'tcg', score }));
  const suites = [{ name: 'signals', scores: [], rows }];
  return { name, columns, suites, facts: [], causes: [{ cause: 'crash: no root', on: [1], cases: 1 }] };
}

const mixed = { ...row('alarm', pass, panic), differs: true as const };
const report: ReportDocument = {
  title: '',
  about: [],
  remarks: [],
  summary: { tone: 'bad', text: '' },
  targets: [target('linux', [row('kill', pass, pass), mixed, row('pause', { ...pass, flaky: true }, null)])],
  evidence: [],
  history: [],
};
const cases = new Cases(report);
const shown = (filter: Partial<Filter>) =>
  cases.items({ ...EVERYTHING, ...filter }).map((item) => (item.kind === 'case' ? item.row.name : item.kind));

describe('the filter', () => {
  test('takes words of names, suites, targets and verdicts, all of them', () => {
    expect(shown({})).toEqual(['suite', 'kill', 'alarm', 'pause']);
    expect(shown({ words: 'ALARM' })).toEqual(['suite', 'alarm']);
    expect(shown({ words: 'root no signals linux' })).toEqual(['suite', 'alarm']);
    expect(shown({ words: 'root kill' })).toEqual([]);
  });

  test('takes any of the verdicts that are chosen, and a lack of one', () => {
    expect(shown({ kinds: new Set(['crash', 'absent']) })).toEqual(['suite', 'alarm', 'pause']);
    expect([...cases.counts()]).toEqual([
      ['pass', 4],
      ['crash', 1],
      ['absent', 1],
    ]);
  });

  test('takes what differs, what is flaky, and what has a cause', () => {
    expect(shown({ only: 'differing' })).toEqual(['suite', 'alarm']);
    expect(shown({ only: 'flaky' })).toEqual(['suite', 'pause']);
    expect(shown({ cause: { target: 0, cause: 'crash: no root' } })).toEqual(['suite', 'alarm']);
    expect(shown({ cause: { target: 1, cause: 'crash: no root' } })).toEqual([]);
  });

  test('names targets where there are several', () => {
    const two = new Cases({ ...report, targets: [...report.targets, target('calamity', [mixed])] });
    expect(two.items(EVERYTHING).map(({ kind }) => kind)).toEqual([
      ...['target', 'suite', 'case', 'case', 'case'],
      ...['target', 'suite', 'case'],
    ]);
  });
});

describe('keys', () => {
  const items = cases.items(EVERYTHING);
  const reached = (key: string, from = { row: 2, column: 1 }) => cellAfter(items, report.targets, from, key, 10);

  test('lead from cell to cell, over what is no case, and not out of the matrix', () => {
    expect(reached('ArrowUp')).toEqual({ row: 1, column: 1 });
    expect(reached('ArrowUp', { row: 1, column: 1 })).toBeUndefined();
    expect(reached('ArrowDown')).toEqual({ row: 3, column: 1 });
    expect(reached('ArrowLeft')).toEqual({ row: 2, column: 0 });
    expect(reached('ArrowRight')).toBeUndefined();
    expect(reached('Home')).toEqual({ row: 1, column: 1 });
    expect(reached('End')).toEqual({ row: 3, column: 1 });
    expect(reached('PageDown')).toEqual({ row: 3, column: 1 });
    expect(reached('PageUp')).toEqual({ row: 1, column: 1 });
    expect(reached('x')).toBeUndefined();
  });

  test('the tab key reaches a cell that is drawn', () => {
    expect(nearestCell(items, { row: 2, column: 0 }, 0, 4)).toEqual({ row: 2, column: 0 });
    expect(nearestCell(items, { row: 0, column: 0 }, 0, 4)).toEqual({ row: 1, column: 0 });
    expect(nearestCell(items, { row: 1, column: 0 }, 2, 4)).toEqual({ row: 2, column: 0 });
    expect(nearestCell([], { row: 0, column: 0 }, 0, 0)).toBeUndefined();
  });

  test('the next that did not pass, or wavered, is found, and the one before', () => {
    const first = nextNotPassing(items, undefined, 1);
    expect([first?.row.name, first?.column]).toEqual(['alarm', 1]);
    const second = nextNotPassing(items, first, 1);
    expect([second?.row.name, second?.column]).toEqual(['pause', 0]);
    expect(nextNotPassing(items, second, 1)).toBeUndefined();
    expect(nextNotPassing(items, second, -1)?.row.name).toBe('alarm');
    expect(nextNotPassing(items, first, -1)).toBeUndefined();
  });
});
