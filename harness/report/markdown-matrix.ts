import { isFlaky } from './attempts.ts';
import { htmlText, markdownTable, markdownText } from './markdown-text.ts';
import type { Row } from './matrix.ts';
import type { SuiteParity, TargetParity } from './model.ts';

/**
 * Every case of every suite, folded: its line says how many pass, and where something is not well. What the oracle
 * makes of a case stands beside.
 */
export function matrixPart({ suites, columns, oracle }: TargetParity): string[][] {
  if (suites.length === 0) return [];
  const trusted = oracle?.columns ?? [];
  const head = [
    'Case',
    ...columns.map(({ label }) => markdownText(label)),
    ...trusted.map(({ id }) => `${markdownText(id)} (oracle)`),
  ];
  const places = trusted.map(({ column }) => column);
  return [['### All cases'], ...suites.map((suite) => suiteMatrix(suite, head, places))];
}

/** @param trusted Where a row has the results of each of the oracle's environments. */
function suiteMatrix(
  { suite, rows, cells }: SuiteParity,
  head: readonly string[],
  trusted: readonly number[],
): string[] {
  const counts = cells.map(({ tally }) => (tally.due > 0 ? `${tally.passed}/${tally.due}` : '–')).join(', ');
  const steady = !rows.some((row) => row.cells.some((cell) => cell && isFlaky(cell)));
  const sound = steady && cells.every(({ tally }) => tally.cases === rows.length && tally.byKind.pass === tally.due);
  const body = rows.map((row) => [
    markdownText(row.case),
    ...row.cells.map(verdictCell),
    ...trusted.map((column) => verdictCell(row.oracle[column])),
  ]);
  const line = `${htmlText(suite)}: ${counts}`;
  return [
    `<details><summary>${line}${sound ? '' : ' (not all well)'}</summary>`,
    '',
    ...markdownTable(head, body),
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
