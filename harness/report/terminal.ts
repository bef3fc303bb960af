import { posix } from 'node:path';
import { visible, visibleLine } from '../lines/visible.ts';
import { listed, wrap } from './layout.ts';
import { describeDifference } from './machine-words.ts';
import type { ParityModel, TargetParity } from './model.ts';
import { type Palette, palette } from './palette.ts';
import { describeIncomplete, describeShard } from './run-words.ts';
import { describeAbsentOracle, describeFloors, describeTarget, summaryOf } from './summary.ts';
import { causesBlock } from './terminal-causes.ts';
import { expectedFailuresBlock, unexpectedPassesBlock } from './terminal-expectations.ts';
import { flakyBlock } from './terminal-flaky.ts';
import { interruptLines } from './terminal-interrupts.ts';
import { bootLine, parityTable, portLines } from './terminal-table.ts';
import { troubleBlock } from './terminal-troubles.ts';

export interface TerminalOptions {
  readonly colour: boolean;
  /** The folder of the reports as the reader would type it: `reports/latest`. Evidence paths begin with it. */
  readonly reports: string;
  /** Where what a terminal does not show can be read: `in FILE` (default: the page among the reports), `with --markdown`. */
  readonly rest?: string;
  /** In columns; default 80. Only what must stay whole, such as a path, is wider. */
  readonly width?: number;
}

/** What the parts of the report are drawn with. */
export interface Sheet {
  readonly paint: Palette;
  readonly width: number;
  readonly reports: string;
  /** Where the rest is: `in reports/latest/parity.md`. */
  readonly rest: string;
}

/**
 * The parity report for a terminal: a table for each target, then what is wrong with the largest cause first, then what may
 * explain it. What a person would quote stands at the end, where a terminal is read, with where to read on.
 */
export function renderTerminal(model: ParityModel, { colour, reports, rest, width = 80 }: TerminalOptions): string {
  const page = posix.join(visible(reports), 'parity.md');
  const sheet = { paint: palette(colour), width, reports: visible(reports), rest: rest ?? `in ${page}` };
  const blocks = [
    reservations(model, sheet),
    notices(model, sheet),
    ...model.targets.flatMap((target) => targetBlocks(target, sheet)),
    unexpectedPassesBlock(model.staleExpectations, sheet),
    footer(model, sheet, rest === undefined ? `${page}, junit.xml, results.json` : undefined),
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
    ...describeAbsentOracle(target),
    ...(sound ? machinesLine(target) : []),
  ];
  const factLines = facts.flatMap((fact) => wrap(fact, 2, sheet.width)).map(sheet.paint.faint);
  return [
    parityTable(target, sheet),
    ...target.troubles.map((section) => troubleBlock(section, target, sheet)),
    floorBlock(target, sheet),
    causesBlock(target, sheet),
    sound ? [] : machinesBlock(target, sheet),
    factLines,
    flakyBlock(target, sheet),
    expectedFailuresBlock(target, sheet),
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
  const labels = columns.map(({ label }) => label);
  const lines = machineDifferences.flatMap((difference) => wrap(describeDifference(difference, labels), 4, width));
  return [paint.strong('  The machines differ, which no kernel fix will change'), ...lines];
}

function floorBlock(target: TargetParity, { paint, width }: Sheet): string[] {
  const lines = describeFloors(target).flatMap((floor) => wrap(floor, 4, width));
  if (lines.length === 0) return [];
  return [paint.strong('  Fewer cases executed than the suite declares'), ...lines.map(paint.bad)];
}

/** @param files Those that have been written. */
function footer(model: ParityModel, { paint, width }: Sheet, files: string | undefined): string[] {
  const { tone, text } = summaryOf(model);
  return [
    ...model.targets.flatMap((target) => wrap(describeTarget(target), 0, width)).map(paint.strong),
    ...wrap(text, 0, width).map(paint[tone]),
    ...(files === undefined ? [] : [paint.faint(files)]),
  ];
}
