import { visible } from '../lines/visible.ts';
import { type Cause, describeUnblocked } from './causes.ts';
import { counted, wrap } from './layout.ts';
import { describeSuspects } from './machine-words.ts';
import type { TargetParity } from './model.ts';
import type { Sheet } from './terminal.ts';

/** A terminal shows this many of them; the rest are in the page. */
const MOST_CAUSES = 8;

/** The queue: what to fix first. Nothing where that is plain, because no cause holds up more than one case, or there is but one. */
export function causesBlock({ causes, columns }: TargetParity, { paint, width, rest }: Sheet): string[] {
  const several = causes.filter(({ rows }) => rows.length > 1);
  if (several.length === 0 || causes.length === 1) return [];
  const labels = columns.map(({ label }) => visible(label));
  const shown = several.slice(0, MOST_CAUSES);
  const more = causes.length - shown.length;
  return [
    paint.strong('  What to fix first, by the cases that it unblocks'),
    ...shown.flatMap((cause) => causeLines(cause, labels, width)),
    ...(more > 0 ? [`    … and ${counted(more, 'cause')} more, ${rest}`] : []),
  ];
}

function causeLines(cause: Cause, labels: readonly string[], width: number): string[] {
  return [
    ...wrap(`${describeUnblocked(cause, labels)}: ${cause.cause}`, 4, width),
    ...describeSuspects(cause.machine, labels).flatMap((line) => wrap(line, 6, width)),
  ];
}
