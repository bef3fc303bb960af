import { isFlaky } from './attempts.ts';
import { htmlText, markdownTable, markdownText } from './markdown-text.ts';
import type { Row } from './matrix.ts';
import type { SuiteParity, TargetParity } from './model.ts';

/** Every case of every suite, folded away where all of them pass, and pass at once. */
export function matrixPart({ suites, columns }: TargetParity): string[][] {
  if (suites.length === 0) return [];
  const labels = columns.map(({ label }) => markdownText(label));
  return [['### All cases'], ...suites.map((suite) => suiteMatrix(suite, labels))];
}

function suiteMatrix({ suite, rows, cells }: SuiteParity, labels: readonly string[]): string[] {
  const counts = cells.map(({ tally }) => (tally.due > 0 ? `${tally.byKind.pass}/${tally.due}` : '–'));
  const steady = !rows.some((row) => row.cells.some((cell) => cell && isFlaky(cell)));
  const sound = steady && cells.every(({ tally }) => tally.cases === rows.length && tally.byKind.pass === tally.due);
  const body = rows.map((row) => [markdownText(row.case), ...row.cells.map(verdictCell)]);
  return [
    `<details${sound ? '' : ' open'}><summary>${htmlText(suite)}: ${counts.join(', ')}</summary>`,
    '',
    ...markdownTable(['Case', ...labels], body),
    '',
    '</details>',
  ];
}

function verdictCell(cell: Row['cells'][number]): string {
  if (!cell) return 'absent';
  const { kind } = cell.verdict;
  if (isFlaky(cell)) return `**${kind}, flaky**`;
  return kind === 'pass' || kind === 'skip' || kind === 'expected-failure' ? kind : `**${kind}**`;
}

/** What is declared not applicable, and why. */
export function skipsPart(target: TargetParity): string[] {
  const body = eachCell(target, ({ verdict }) => (verdict.kind === 'skip' ? [verdict.because] : []));
  return body.length === 0
    ? []
    : ['### Skipped', '', ...markdownTable(['Suite', 'Case', 'Environment', 'Because'], body)];
}

/** What the judge noticed besides the verdicts. */
export function notesPart(target: TargetParity): string[] {
  const body = eachCell(target, ({ notes }) => notes);
  return body.length === 0 ? [] : ['### Notes', '', ...markdownTable(['Suite', 'Case', 'Environment', 'Note'], body)];
}

type Cell = NonNullable<Row['cells'][number]>;

/** A table line for each text that a cell has to say. */
function eachCell({ suites, columns }: TargetParity, textsOf: (cell: Cell) => readonly string[]): string[][] {
  return suites.flatMap(({ rows }) =>
    rows.flatMap(({ suite, case: name, cells }) =>
      cells.flatMap((cell, column) => {
        const label = columns[column]?.label ?? '';
        return cell ? textsOf(cell).map((text) => [suite, name, label, text].map((part) => markdownText(part))) : [];
      }),
    ),
  );
}
