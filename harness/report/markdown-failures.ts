import { describeVerdict } from '../verdict/describe.ts';
import { describeEarlier } from './attempts.ts';
import { describeUnblocked } from './causes.ts';
import type { TroubleSection } from './failures.ts';
import { describeSuspects } from './machine-words.ts';
import { evidenceLinks } from './markdown-flaky.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { Row } from './matrix.ts';
import type { TargetParity } from './model.ts';
import { describeOnOracle } from './oracle.ts';
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

function linesOf({ groups, on, trouble }: TroubleSection, { columns }: TargetParity): string[][] {
  const labels = columns.map(({ label }) => label);
  return groups.flatMap(({ rows, machine }) => {
    const suspects = describeSuspects(machine, labels);
    return rows.flatMap((row) =>
      on.map((column) => {
        const trusted = trouble === 'wrong-test' ? row.oracle[column] : undefined;
        const besides = trusted ? [describeOnOracle(trusted), ...suspects] : suspects;
        return lineOf(row, column, labels[column] ?? '', besides);
      }),
    );
  });
}

function lineOf(
  { suite, case: name, about, cells }: Row,
  column: number,
  label: string,
  besides: readonly string[],
): string[] {
  const cell = cells[column];
  const named = about === undefined ? markdownText(name) : `${markdownText(name)}<br>${markdownText(about)}`;
  const verdicts = [...(cell ? [describeVerdict(cell.verdict), ...describeEarlier(cell)] : ['no result']), ...besides];
  const verdict = verdicts.map((text) => markdownText(text, 400)).join('<br>');
  return [markdownText(suite), named, markdownText(label), verdict, cell ? evidenceLinks(cell) : ''];
}

/** The queue: what to look into first. */
export function causesPart({ causes, columns }: TargetParity): string[] {
  if (causes.length === 0) return [];
  const labels = columns.map(({ label }) => label);
  const body = causes.map((cause) => {
    const { rows } = cause;
    const names = rows.slice(0, MOST_NAMES).map((row) => `${markdownText(row.suite)} › ${markdownText(row.case)}`);
    const more = rows.length > names.length ? [`and ${rows.length - names.length} more`] : [];
    const suspects = describeSuspects(cause.machine, labels).map((line) => markdownText(line, 400));
    return [
      markdownText(describeUnblocked(cause, labels)),
      [markdownText(cause.cause, 400), ...suspects].join('<br>'),
      [...names, ...more].join('<br>'),
    ];
  });
  return [
    '### What to fix first',
    '',
    'One line for each cause, by the cases that it unblocks. “Up to”: they end alike, and may have several causes.',
    '',
    ...markdownTable(['Unblocks', 'Cause', 'Which'], body),
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
