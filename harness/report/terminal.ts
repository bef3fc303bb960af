import { posix } from 'node:path';
import { visible, visibleLine } from '../lines/visible.ts';
import { formatMillis } from '../units.ts';
import { counted, listed, wrap } from './layout.ts';
import type { ParityModel, TargetParity } from './model.ts';
import { type Palette, palette } from './palette.ts';
import { describeIncomplete, describeShard } from './run-words.ts';
import { describeTally, soundness } from './tally.ts';
import { expectedFailuresBlock, unexpectedPassesBlock } from './terminal-expectations.ts';
import { flakyBlock } from './terminal-flaky.ts';
import { interruptLines } from './terminal-interrupts.ts';
import { bootLine, parityTable, portLines } from './terminal-table.ts';
import { troubleBlock } from './terminal-troubles.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** The folder of the reports as the reader would type it: `reports/latest`. Evidence paths begin with it. */
  readonly reports: string;
  /** In columns; default 80. Only what must stay whole, such as a path, is wider. */
  readonly width?: number;
}

/** What the parts of the report are drawn with. */
export interface Sheet {
  readonly paint: Palette;
  readonly width: number;
  readonly reports: string;
}

/** The parity report for a terminal: a table for each target, then what is wrong with the largest cause first, then where to read on. */
export function renderTerminal(model: ParityModel, { colour, reports, width = 80 }: TerminalOptions): string {
  const sheet = { paint: palette(colour), width, reports: visible(reports) };
  const blocks = [
    reservations(model, sheet),
    notices(model, sheet),
    ...model.targets.flatMap((target) => targetBlocks(target, sheet)),
    unexpectedPassesBlock(model.staleExpectations, sheet),
    footer(model, sheet),
  ];
  const shown = blocks.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${shown.join('\n\n')}\n`;
}

/** Why the report may not be the whole truth. */
function reservations({ run }: ParityModel, { paint, width }: Sheet): string[] {
  const lines = [...(run.faults ?? []).map((fault) => visibleLine(fault, 1_000))];
  const { what, so } = describeIncomplete(run);
  if (!run.complete) lines.push(`${what}: ${so}.`);
  if (run.scope?.shard) lines.push(describeShard(run.scope.shard));
  if (run.filter) lines.push(`Only what matches ${listed(run.filter.map((word) => `"${visible(word)}"`))} was run.`);
  const sound = run.complete && (run.faults ?? []).length === 0;
  return lines.flatMap((line) => wrap(line, 0, width)).map(sound ? paint.warn : paint.bad);
}

function notices({ run }: ParityModel, { paint, width }: Sheet): string[] {
  return (run.notices ?? []).flatMap((notice) => wrap(visibleLine(notice, 1_000), 0, width)).map(paint.warn);
}

function targetBlocks(target: TargetParity, sheet: Sheet): string[][] {
  const sound = target.troubles.length === 0 && target.floorsNotMet.length === 0;
  const facts = [
    ...bootLine(target),
    ...portLines(target),
    ...interruptLines(target),
    ...skipLine(target),
    ...(sound ? machinesLine(target) : []),
  ];
  const factLines = facts.flatMap((fact) => wrap(fact, 2, sheet.width)).map(sheet.paint.faint);
  return [
    [...parityTable(target, sheet), ...factLines],
    ...target.troubles.map((section) => troubleBlock(section, target, sheet)),
    flakyBlock(target, sheet),
    expectedFailuresBlock(target, sheet),
    floorBlock(target, sheet),
    sound ? [] : machinesBlock(target, sheet),
  ];
}

function skipLine({ columns }: TargetParity): string[] {
  const skips = columns.filter(({ tally }) => tally.byKind.skip > 0);
  if (skips.length === 0) return [];
  return [`skipped: ${skips.map(({ label, tally }) => `${tally.byKind.skip} on ${visible(label)}`).join(', ')}`];
}

function machinesLine({ machineDifferences }: TargetParity): string[] {
  if (machineDifferences.length === 0) return [];
  return [`the machines differ in ${listed(machineDifferences.map(({ field }) => field))}`];
}

function machinesBlock({ machineDifferences, columns }: TargetParity, { paint, width }: Sheet): string[] {
  if (machineDifferences.length === 0) return [];
  const lines = machineDifferences.flatMap(({ field, values }) => {
    const sides = values.map((value, column) => `${value} on ${visible(columns[column]?.label ?? '')}`);
    return wrap(`${field}: ${sides.join(', ')}`, 4, width);
  });
  return [paint.strong('  The machines differ, which no kernel fix will change'), ...lines];
}

function floorBlock({ floorsNotMet, columns }: TargetParity, { paint, width }: Sheet): string[] {
  if (floorsNotMet.length === 0) return [];
  const lines = floorsNotMet.flatMap(({ suite, column, atLeast, executed }) => {
    const where = visible(columns[column]?.label ?? '');
    return wrap(`${visible(suite)} on ${where}: ${executed} executed, at least ${atLeast} declared`, 4, width);
  });
  return [paint.strong('  Fewer cases executed than the suite declares'), ...lines.map(paint.bad)];
}

function footer({ run, tally, flaky, targets }: ParityModel, { paint, width, reports }: Sheet): string[] {
  const wavering = flaky > 0 ? `; flaky: ${flaky}` : '';
  const summary = `${counted(tally.cases, 'result')} in ${formatMillis(run.durationMs)}: ${describeTally(tally)}${wavering}`;
  const floorsMet = targets.every(({ floorsNotMet }) => floorsNotMet.length === 0);
  const clean =
    run.complete && (run.faults ?? []).length === 0 && floorsMet && tally.cases > 0 && soundness(tally) !== 'bad';
  const files = `${posix.join(reports, 'parity.md')}, junit.xml, results.json`;
  const colour = clean ? (flaky > 0 ? paint.warn : paint[soundness(tally)]) : paint.bad;
  return [...wrap(summary, 0, width).map(colour), paint.faint(files)];
}
