import { visibleLine } from '../lines/visible.ts';
import type { Finding, InterruptReport } from './interrupt-report.ts';
import { headingOf, type ReportTable, type Section, sectionsOf } from './interrupt-sections.ts';
import { padEnd, padStart, widthOf } from './layout.ts';
import type { Palette } from './palette.ts';

const MARKS = { problem: '✗', suspicion: '!', fact: '·' } as const satisfies Record<Finding['is'], string>;
/** Names and places come from logs and symbol tables. */
const LONGEST_CELL = 120;

/** The report for people, on a terminal or in a file. */
export function interruptText(report: InterruptReport, paint: Palette): string {
  const sections = sectionsOf(report).map((section) => sectionText(section, paint));
  return [paint.strong(visibleLine(headingOf(report))), ...sections].join('\n\n');
}

function sectionText({ title, findings = [], lines = [], table, dump = [] }: Section, paint: Palette): string {
  const marked = findings.map(({ is, text }) => {
    const line = `${MARKS[is]} ${visibleLine(text, 1_000)}`;
    return is === 'problem' ? paint.bad(line) : is === 'suspicion' ? paint.warn(line) : line;
  });
  return [
    paint.strong(visibleLine(title)),
    ...[
      ...marked,
      ...lines.map((line) => visibleLine(line, 1_000)),
      ...(table ? tableLines(table, paint) : []),
      ...dump,
    ].map((line) => `  ${line}`),
  ].join('\n');
}

function tableLines({ head, rows, right }: ReportTable, paint: Palette): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell) => visibleLine(cell, LONGEST_CELL)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => widthOf(row[column] ?? ''))));
  const drawn = cells.map((row) =>
    row
      .map((cell, column) => (right.includes(column) ? padStart : padEnd)(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return drawn.map((line, index) => (index === 0 ? paint.faint(line) : line));
}
