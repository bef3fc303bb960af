import { visible } from '../lines/visible.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { describeReason } from '../verdict/expected-failure.ts';
import type { KnownGap, StaleExpectation } from './expectations.ts';
import { counted, labelled, listed, wrap } from './layout.ts';
import type { Column, TargetParity } from './model.ts';
import { adviceOn } from './stale-advice.ts';
import type { Sheet } from './terminal.ts';

/** A terminal shows this many of each; the rest are in the page. */
const MOST_CASES = 12;

/** The gaps that are known: why they are there, and what became of each case. Their evidence is in the page. */
export function expectedFailuresBlock({ gaps, columns }: TargetParity, sheet: Sheet): string[] {
  if (gaps.length === 0) return [];
  const failures = gaps.reduce((sum, gap) => sum + gap.failures.length, 0);
  return [
    sheet.paint.strong(`  Expected failures (${failures})`),
    ...gaps.slice(0, MOST_CASES).flatMap((gap) => gapLines(gap, columns, sheet)),
    ...unshown(gaps.length - MOST_CASES, sheet),
  ];
}

function gapLines({ row, failures }: KnownGap, columns: readonly Column[], { paint, width }: Sheet): string[] {
  const labels = failures.map(({ column }) => visible(columns[column]?.label ?? ''));
  const where = columns.length > 1 ? ` on ${listed(labels)}` : '';
  const reasons = new Set(failures.map(({ verdict }) => describeReason(verdict)));
  const verdicts = failures.map(({ verdict }) => describeVerdict(verdict.actual));
  const prefixes = labels.length > 1 ? labels.map((label) => `${label}: `) : [''];
  return [
    ...wrap(`${caseName(row)}${where}: ${[...reasons].join('; ')}`, 4, width).map(paint.warn),
    ...labelled(verdicts, prefixes).flatMap((text) => wrap(text, 6, width).map(paint.faint)),
  ];
}

/** The declarations that no longer hold, and what to do about each. */
export function unexpectedPassesBlock(stale: readonly StaleExpectation[], sheet: Sheet): string[] {
  if (stale.length === 0) return [];
  const { paint, width } = sheet;
  const passes = stale.reduce((sum, found) => sum + found.passes.length, 0);
  return [
    paint.strong(`Unexpected passes (${passes})`),
    ...stale.slice(0, MOST_CASES).flatMap((found) => {
      const { declaration, finding, advice } = adviceOn(found);
      return [
        ...wrap(`${caseName(found)} ${finding}`, 2, width).map(paint.bad),
        ...wrap(declaration, 4, width),
        ...wrap(advice, 4, width),
      ];
    }),
    ...unshown(stale.length - MOST_CASES, sheet),
  ];
}

function caseName({ suite, case: name }: { readonly suite: string; readonly case: string }): string {
  return `${visible(suite, 80)} › ${visible(name, 160)}`;
}

function unshown(count: number, { rest }: Sheet): string[] {
  return count > 0 ? [`    … and ${counted(count, 'case')} more, ${rest}`] : [];
}
