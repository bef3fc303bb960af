import { visible } from '../lines/visible.ts';
import { formatMillis } from '../units.ts';
import { bands, counted, failAsExpected, padEnd, padStart, widthOf, wrap } from './layout.ts';
import type { Row } from './matrix.ts';
import type { Column, TargetParity } from './model.ts';
import type { Palette } from './palette.ts';
import { percent } from './percent.ts';
import { describeFactor, slowestOf } from './slowest.ts';
import { soundness, type Tally, tallyOf } from './tally.ts';
import type { Sheet } from './terminal.ts';

const GAP = 3;
const LONGEST_NAME = 40;

/** Passed of due cases, a line for each suite and a column for each environment; where the columns do not fit beside each other, several tables below each other. */
export function parityTable(target: TargetParity, { paint, width }: Sheet): string[] {
  const { columns, suites, target: name, oracle } = target;
  const heading = `${columns.length > 1 ? 'Parity' : 'Results'}: ${visible(name, LONGEST_NAME)}`;
  const names = [...suites.map(({ suite }) => visible(suite, LONGEST_NAME)), 'total'];
  const nameWidth = Math.max(widthOf(heading), ...names.map((text) => widthOf(text) + 2));
  const drawn = columns.map((column, index) =>
    drawColumn(column, [...suites.map((suite) => suite.cells[index]?.tally), column.tally]),
  );
  const trusted = (oracle?.columns ?? []).map(({ id, column }) => {
    const tallies = suites.map(({ rows }) => oracleTally(rows, column));
    return drawColumn({ label: id }, [
      ...tallies,
      oracleTally(
        suites.flatMap(({ rows }) => rows),
        column,
      ),
    ]);
  });
  const tables = bands([...drawn, ...trusted], (column) => column.width + GAP, width - nameWidth).map((band) => [
    paint.strong(padEnd(heading, nameWidth)) +
      band.map(({ label, width }) => ' '.repeat(GAP) + paint.strong(padStart(label, width))).join(''),
    ...names.map(
      (text, line) =>
        padEnd(`  ${text}`, nameWidth) +
        band.map(({ cells, width }) => ' '.repeat(GAP) + drawCell(cells[line], width, paint)).join(''),
    ),
  ]);
  return [
    ...tables.flatMap((table, index) => (index === 0 ? table : ['', ...table])),
    ...agreementLine(target, paint),
    ...fewerLine(target, width).map(paint.faint),
    ...oracleLine(target, width).map(paint.faint),
  ];
}

/** How far the longest boot came, and when, in one line. */
export function bootLine({ timelines, columns }: TargetParity): string[] {
  const [longest] = [...timelines].sort((a, b) => b.stages.length - a.stages.length);
  const last = longest?.stages.at(-1);
  if (!longest || !last) return [];
  const slowest = slowestOf(last.atMs);
  const reached = columns.map(({ label }, column) => {
    const stage = longest.stages.findLast(({ atMs }) => atMs[column] !== undefined);
    const at = stage?.atMs[column];
    if (!stage || at === undefined) return `nowhere on ${visible(label)}`;
    const short = stage === last ? '' : `only to ${visible(stage.name)} `;
    const slow = slowest?.column === column ? ` (slower, ${describeFactor(slowest)})` : '';
    return `${short}${formatMillis(at)} on ${visible(label)}${slow}`;
  });
  return [`boot to ${visible(last.name)}: ${reached.join(', ')}`];
}

/** How long each part of the boot took, by the codes of the boot that wrote most of them. */
export function portLines({ portTimelines, columns }: TargetParity): string[] {
  const [fullest] = [...portTimelines].sort((a, b) => b.codes.length - a.codes.length);
  if (!fullest) return [];
  // The last code of all says that something began, and nothing of how long it took.
  const timed = fullest.ranges.filter(({ tookMs }) => tookMs.some((time) => time !== undefined && time > 0));
  return timed.map(({ range, tookMs }) => {
    const slowest = slowestOf(tookMs);
    const sides = columns.map(({ label }, column) => {
      const took = tookMs[column];
      const slow = slowest?.column === column ? ` (slower, ${describeFactor(slowest)})` : '';
      return `${took === undefined ? 'no code' : formatMillis(took)} on ${visible(label)}${slow}`;
    });
    return `boot codes, ${range}: ${sides.join(', ')}`;
  });
}

interface DrawnColumn {
  readonly label: string;
  readonly cells: readonly { readonly text: string; readonly tally: Tally | undefined }[];
  readonly width: number;
}

/** Of what the oracle made of the target's cases. */
function oracleTally(rows: readonly Row[], column: number): Tally {
  return tallyOf(rows.flatMap(({ oracle }) => oracle[column]?.verdict ?? []));
}

function drawColumn({ label }: Pick<Column, 'label'>, tallies: readonly (Tally | undefined)[]): DrawnColumn {
  const shownLabel = visible(label, LONGEST_NAME);
  const cells = tallies.map((tally) => ({
    tally,
    text: tally && tally.due > 0 ? `${tally.passed}/${tally.due}` : '–',
  }));
  return { label: shownLabel, cells, width: Math.max(widthOf(shownLabel), ...cells.map(({ text }) => widthOf(text))) };
}

function drawCell(cell: DrawnColumn['cells'][number] | undefined, width: number, paint: Palette): string {
  const text = padStart(cell?.text ?? '', width);
  if (!cell?.tally || cell.tally.due === 0) return paint.faint(text);
  return paint[soundness(cell.tally)](text);
}

function agreementLine({ agreement }: TargetParity, paint: Palette): string[] {
  if (!agreement || agreement.cases === 0) return [];
  const { same, cases, asExpected } = agreement;
  const differing = cases - same;
  const gaps = asExpected > 0 ? `; ${failAsExpected(asExpected)}` : '';
  if (differing === 0) return [`  parity ${percent(same, cases)} (${counted(cases, 'case')}, none differs${gaps})`];
  const line = `parity ${percent(same, cases)} (${differing} of ${counted(cases, 'case')} ${differing === 1 ? 'differs' : 'differ'}${gaps})`;
  return [`  ${paint.warn(line)}`];
}

/** Where fewer cases exist than elsewhere, however many pass. */
function fewerLine({ columns }: TargetParity, width: number): string[] {
  const most = Math.max(...columns.map(({ tally }) => tally.existing));
  const fewer = columns.filter(({ tally }) => tally.existing < most);
  if (fewer.length === 0) return [];
  const gaps = fewer.map(
    ({ label, tally }) => `${tally.existing} exist on ${visible(label)} (${tally.existing - most})`,
  );
  return wrap(`of ${counted(most, 'case')} only ${gaps.join(', ')}`, 2, width);
}

function oracleLine({ oracle }: TargetParity, width: number): string[] {
  if (!oracle || oracle.columns.length === 0) return [];
  return wrap(`${visible(oracle.target)} is the oracle: what fails there too is the test’s fault`, 2, width);
}
