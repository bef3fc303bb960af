import { padEnd, padStart } from '../report/layout.ts';
import type { Entry } from './entry.ts';

const HEADINGS = ['', 'min', 'median', 'max', 'unit', 'ratio', '', 'goal', ''] as const;
/** Columns of numbers stand with their ends below each other. */
const RIGHT: ReadonlySet<number> = new Set([1, 2, 3, 5]);
const GAP = '  ';

/** The entries as people read them, a line each. */
export function benchTable(entries: readonly Entry[]): string {
  const rows = [HEADINGS, ...entries.map(cellsOf)];
  const widths = HEADINGS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (RIGHT.has(column) ? padStart : padEnd)(cell, widths[column] ?? 0))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function cellsOf(entry: Entry): string[] {
  const { name, unit, min, median, max, ratio, against } = entry;
  return [
    name,
    ...[min, median, max].map(formatNumber),
    unit === 'ratio' ? '' : unit,
    ratio === null ? '' : formatNumber(ratio),
    against === null ? '' : `× ${against}`,
    goalOf(entry),
    entry.met === null ? '' : entry.met ? 'met' : 'MISSED',
  ];
}

function goalOf({ goal, goalOf, unit }: Entry): string {
  if (goal === null) return '';
  return goalOf === 'ratio' ? `ratio ≤ ${goal}` : `${goalOf} ≤ ${goal} ${unit}`;
}

/** Three digits that count: `0.047`, `1.05`, `98.2`, `2310`. */
export function formatNumber(value: number): string {
  if (value === 0 || Math.abs(value) >= 100) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
