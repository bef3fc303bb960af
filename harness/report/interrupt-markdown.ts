import type { InterruptReport } from './interrupt-report.ts';
import { headingOf, type Section, sectionsOf } from './interrupt-sections.ts';
import { markdownTable, markdownText } from './markdown-text.ts';

const LONGEST_CELL = 120;
const LONGEST = 1_000;

/** The report for a pull request or a step summary. */
export function interruptMarkdown(report: InterruptReport): string {
  return [`# ${markdownText(headingOf(report))}`, ...sectionsOf(report).map(sectionMarkdown)].join('\n\n');
}

function sectionMarkdown({ title, findings = [], lines = [], table, dump = [] }: Section): string {
  const items = [
    ...findings.map(({ is, text }) =>
      is === 'fact' ? markdownText(text, LONGEST) : `**${is}**: ${markdownText(text, LONGEST)}`,
    ),
    ...lines.map((line) => markdownText(line, LONGEST)),
  ];
  const blocks = [`## ${markdownText(title)}`];
  if (items.length > 0) blocks.push(items.map((item) => `- ${item}`).join('\n'));
  if (table)
    blocks.push(
      markdownTable(
        table.head.map((cell) => markdownText(cell)),
        table.rows.map((row) => row.map((cell) => markdownText(cell, LONGEST_CELL))),
      ).join('\n'),
    );
  if (dump.length > 0) blocks.push(['```text', ...dump, '```'].join('\n'));
  return blocks.join('\n\n');
}
