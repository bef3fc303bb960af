import { describeVerdict } from '../verdict/describe.ts';
import { describeEarlier } from './attempts.ts';
import type { TroubleSection } from './failures.ts';
import { evidenceLinks } from './markdown-flaky.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { Row } from './matrix.ts';
import type { TargetParity } from './model.ts';
import { troubleTitle } from './trouble-title.ts';

const MOST_NAMES = 20;

/** Every case in trouble, by where it is and where it is not: one table for each section, one line for each environment of a case. */
export function differencesPart(target: TargetParity): string[][] {
  return target.troubles.map((section) => [
    `### ${markdownText(troubleTitle(section, target.columns), 1_000)}`,
    '',
    ...markdownTable(['Suite', 'Case', 'Environment', 'Verdict', 'Evidence'], linesOf(section, target)),
  ]);
}

function linesOf({ groups, on }: TroubleSection, { columns }: TargetParity): string[][] {
  const rows = groups.flatMap((group) => group.rows);
  return rows.flatMap((row) => on.map((column) => lineOf(row, column, columns[column]?.label ?? '')));
}

function lineOf({ suite, case: name, about, cells }: Row, column: number, label: string): string[] {
  const cell = cells[column];
  const named = about === undefined ? markdownText(name) : `${markdownText(name)}<br>${markdownText(about)}`;
  const verdicts = cell ? [describeVerdict(cell.verdict), ...describeEarlier(cell)] : ['no result'];
  const verdict = verdicts.map((text) => markdownText(text, 400)).join('<br>');
  return [markdownText(suite), named, markdownText(label), verdict, cell ? evidenceLinks(cell) : ''];
}

/** The queue: what to look into first. */
export function causesPart({ causes, columns }: TargetParity): string[] {
  if (causes.length === 0) return [];
  const body = causes.map(({ rows, column, cause }) => {
    const names = rows.slice(0, MOST_NAMES).map((row) => `${markdownText(row.suite)} › ${markdownText(row.case)}`);
    const more = rows.length > names.length ? [`and ${rows.length - names.length} more`] : [];
    return [
      String(rows.length),
      markdownText(columns[column]?.label ?? ''),
      markdownText(cause, 400),
      [...names, ...more].join('<br>'),
    ];
  });
  return [
    '### Causes',
    '',
    'The one that holds up most cases first.',
    '',
    ...markdownTable(['Cases', 'Environment', 'Cause', 'Which'], body),
  ];
}

export function floorsPart({ floorsNotMet, columns }: TargetParity): string[] {
  if (floorsNotMet.length === 0) return [];
  const body = floorsNotMet.map(({ suite, column, executed, atLeast }) => [
    markdownText(suite),
    markdownText(columns[column]?.label ?? ''),
    String(executed),
    String(atLeast),
  ]);
  return ['### Floors not met', '', ...markdownTable(['Suite', 'Environment', 'Executed', 'At least'], body)];
}
