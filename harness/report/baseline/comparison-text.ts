import { posix } from 'node:path';
import { visible, visibleLine } from '../../lines/visible.ts';
import { wrap } from '../layout.ts';
import { type Palette, palette } from '../palette.ts';
import type { BaselineOutcome } from './baseline-file.ts';
import { type Change, type ChangeKind, changeKinds, isBad } from './comparison.ts';
import {
  changeTitles,
  describeChange,
  describeChanges,
  describeNotAsked,
  describeProgress,
  describeUpdate,
  successorOf,
} from './comparison-words.ts';

export interface ComparisonTextOptions {
  readonly colour: boolean;
  /** The folder that evidence paths are relative to, as the reader would type it. */
  readonly reports: string;
  /** In columns; default 80. */
  readonly width?: number;
}

/** A terminal shows so many of each; of what fails the run more. */
const MOST = 12;
const MOST_BAD = 40;

/** A run against a baseline: what fails it first, each with its evidence; then what is to be recorded, and how far the kernel has come. */
export function comparisonText(outcome: BaselineOutcome, options: ComparisonTextOptions): string {
  const { comparison, file, exitCode } = outcome;
  const { colour, width = 80 } = options;
  const paint = palette(colour);
  const heading = `Against ${visible(file, 200)}: ${describeChanges(comparison)}`;
  const tone = exitCode === 0 ? (comparison.changes.length === 0 ? paint.good : paint.warn) : paint.bad;
  const told = changeKinds.map((kind) =>
    changeBlock(
      kind,
      comparison.changes.filter(({ change }) => change === kind),
      comparison.changes,
      { ...options, width, paint },
    ),
  );
  const rates = comparison.progress.flatMap((progress) =>
    wrap(`${visible(progress.place, 100)}: ${describeProgress(progress)}`, 2, width),
  );
  const ends = [describeNotAsked(comparison), describeUpdate(outcome)].flatMap((line) =>
    line === undefined ? [] : wrap(visibleLine(line, 1_000), 0, width),
  );
  const reservations = comparison.reservations.flatMap((line) =>
    wrap(visibleLine(line, 1_000), 0, width).map(paint.bad),
  );
  const blocks = [[...wrap(heading, 0, width).map(tone), ...rates], reservations, ...told, ends];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

interface Sheet extends ComparisonTextOptions {
  readonly width: number;
  readonly paint: Palette;
}

function changeBlock(kind: ChangeKind, changes: readonly Change[], all: readonly Change[], sheet: Sheet): string[] {
  if (changes.length === 0) return [];
  const { width, paint } = sheet;
  const most = isBad(kind) ? MOST_BAD : MOST;
  const more = changes.length - most;
  return [
    ...wrap(changeTitles[kind], 2, width).map(paint.strong),
    ...changes.slice(0, most).flatMap((change) => changeLines(change, all, sheet)),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ];
}

function changeLines(change: Change, all: readonly Change[], { width, paint, reports }: Sheet): string[] {
  const { suite, case: name, environment, result } = change;
  const successor = change.change === 'gone' ? successorOf(change, all) : undefined;
  // What is kept of a case that passed shows nothing that is wrong.
  const evidence = result?.verdict.kind === 'pass' ? undefined : result?.evidence;
  return [
    ...wrap(`${visible(suite, 80)} › ${visible(name, 160)} on ${visible(environment, 100)}`, 4, width),
    ...wrap(describeChange(change), 6, width).map(isBad(change.change) ? paint.bad : paint.faint),
    ...(successor === undefined ? [] : wrap(`Is it ${JSON.stringify(visible(successor, 160))} now?`, 6, width)),
    ...(evidence === undefined ? [] : [`      ${posix.join(visible(reports), visible(evidence, 1_000))}`]),
  ];
}
