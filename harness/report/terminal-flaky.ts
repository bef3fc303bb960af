import { posix } from 'node:path';
import { visible } from '../lines/visible.ts';
import { describeVerdict } from '../verdict/describe.ts';
import type { FlakyCase } from './attempts.ts';
import { counted, wrap } from './layout.ts';
import type { TargetParity } from './model.ts';
import type { Sheet } from './terminal.ts';

/** A terminal shows this many of them; the rest are in the page. */
const MOST_CASES = 12;

/** The cases that came out well, but not at once: what they did before, and the paths of its evidence. */
export function flakyBlock(target: TargetParity, sheet: Sheet): string[] {
  const { flaky } = target;
  if (flaky.length === 0) return [];
  const { paint, width, rest } = sheet;
  const hidden = flaky.length - MOST_CASES;
  return [
    ...wrap(`Flaky: ${counted(flaky.length, 'case')} did not pass at the first attempt`, 2, width).map(paint.strong),
    ...flaky.slice(0, MOST_CASES).flatMap((found) => caseLines(found, target, sheet)),
    ...(hidden > 0 ? [`    … and ${counted(hidden, 'case')} more, ${rest}`] : []),
  ];
}

function caseLines(
  { row, column, result }: FlakyCase,
  { columns }: TargetParity,
  { paint, width, reports }: Sheet,
): string[] {
  const { verdict, attempts = [] } = result;
  const where = columns.length > 1 ? ` on ${visible(columns[column]?.label ?? '')}` : '';
  const name = `${visible(row.suite, 80)} › ${visible(row.case, 160)}${where}: ${verdict.kind} at attempt ${attempts.length}`;
  return [
    ...wrap(name, 4, width).map(paint.warn),
    ...attempts
      .slice(0, -1)
      .flatMap((attempt, index) => [
        ...wrap(`attempt ${index + 1}: ${describeVerdict(attempt.verdict)}`, 6, width),
        ...(attempt.evidence === undefined ? [] : [`      ${posix.join(reports, visible(attempt.evidence, 1_000))}`]),
      ]),
  ];
}
