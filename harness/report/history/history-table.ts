import { visible } from '../../lines/visible.ts';
import { counted, listed, padEnd, padStart, widthOf, wrap } from '../layout.ts';
import { palette } from '../palette.ts';
import { percent } from '../percent.ts';
import { type HistoryEntry, partOf } from './history.ts';
import { pointsOf } from './history-text.ts';
import type { RatesOfRun } from './rates-of-run.ts';

export interface HistoryTableOptions {
  readonly colour: boolean;
  /** Names the history. */
  readonly file: string;
  /** In columns; default 80. */
  readonly width?: number;
}

const BARS = '▁▂▃▄▅▆▇█';
/** The latest runs that a line of bars shows. */
const MOST_BARS = 24;
const LONGEST_NAME = 28;

type Rate = RatesOfRun['rates'][number];

/** The pass rate of each environment over time: bars from 0 to 100 %, the first rate, the best and the last. */
export function historyTable(
  entries: readonly HistoryEntry[],
  { colour, file, width = 80 }: HistoryTableOptions,
): string {
  const paint = palette(colour);
  const points = pointsOf(entries);
  const rates = ratesByEnvironment(points);
  const [first, last] = [points[0], points.at(-1)];
  const heading =
    first && last
      ? `Pass rates in ${counted(points.length, 'run')}, ${span(first.time, last.time)} (${visible(file, 200)})`
      : `No whole run in ${visible(file, 200)}`;
  const body = [...rates].map(([id, own]) => drawLine(id, own));
  const lines = body.length > 0 ? table([['', 'first', 'best', 'last', ''], ...body]) : [];
  const leftOut = describeLeftOut(entries);
  return `${[
    ...wrap(heading, 0, width).map(paint.strong),
    ...lines,
    ...(leftOut === undefined ? [] : wrap(leftOut, 0, width).map(paint.faint)),
  ].join('\n')}\n`;
}

function ratesByEnvironment(points: readonly RatesOfRun[]): Map<string, Rate[]> {
  const rates = new Map<string, Rate[]>();
  for (const rate of points.flatMap((point) => point.rates)) {
    const own = rates.get(rate.environment);
    if (own) own.push(rate);
    else rates.set(rate.environment, [rate]);
  }
  return rates;
}

function drawLine(id: string, rates: readonly Rate[]): string[] {
  const [first, last] = [rates[0], rates.at(-1)];
  if (!first || !last) return [];
  const best = rates.reduce((a, b) => (b.passed * a.cases > a.passed * b.cases ? b : a));
  return [
    visible(id, LONGEST_NAME),
    percent(first.passed, first.cases),
    percent(best.passed, best.cases),
    `${percent(last.passed, last.cases)} (${last.passed}/${last.cases})`,
    rates.slice(-MOST_BARS).map(barOf).join(''),
  ];
}

function barOf({ passed, cases }: Rate): string {
  return BARS[Math.min(BARS.length - 1, Math.floor((passed / cases) * BARS.length))] ?? '';
}

/** Names to the left, numbers to the right, bars as they come. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => widthOf(row[column] ?? ''))));
  return rows.map((row) => {
    const cells = row.map((text, column) => {
      const width = widths[column] ?? 0;
      return column === 0 ? padEnd(text, width) : padStart(text, width);
    });
    return `  ${cells.join('  ')}`.trimEnd();
  });
}

/** `2026-02-01 to 2026-02-04`. */
function span(from: string, to: string): string {
  const [first, last] = [from, to].map((time) => time.slice(0, 10));
  return first === last ? `${first}` : `${first} to ${last}`;
}

function describeLeftOut(entries: readonly HistoryEntry[]): string | undefined {
  const parts = entries.map(partOf);
  const countOf = (part: ReturnType<typeof partOf>) => parts.filter((other) => other === part).length;
  const [shards, filtered, cut] = [countOf('shard'), countOf('filtered'), countOf('cut short')];
  const told = [
    ...(shards > 0 ? [counted(shards, 'shard')] : []),
    ...(filtered > 0 ? [`${counted(filtered, 'run')} of chosen cases`] : []),
    ...(cut > 0 ? [`${counted(cut, 'run')} that ${cut === 1 ? 'was' : 'were'} cut short`] : []),
  ];
  return told.length > 0 ? `Not counted: ${listed(told)}.` : undefined;
}
