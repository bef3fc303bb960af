import { posix } from 'node:path';
import { visible, visibleLine } from '../lines/visible.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { describeEarlier } from './attempts.ts';
import type { CauseGroup, TroubleSection } from './failures.ts';
import { counted, labelled, wrap } from './layout.ts';
import { describeSuspects } from './machine-words.ts';
import type { Row } from './matrix.ts';
import type { Column, TargetParity } from './model.ts';
import { describeOnOracle } from './oracle.ts';
import type { CaseResult } from './results.ts';
import type { Sheet } from './terminal.ts';
import { troubleTitle } from './trouble-title.ts';

/** A terminal shows this much of a large failure; the rest is in the page. */
const MOST_GROUPS = 12;
const MOST_CASES = 8;
const MOST_SUBTESTS = 3;

/** The cases of one section, those with a common cause under one heading; each with its reason and the path of its evidence. */
export function troubleBlock(section: TroubleSection, target: TargetParity, sheet: Sheet): string[] {
  const labels = section.on.map((column) => visible(target.columns[column]?.label ?? ''));
  const { columns } = target;
  const view: View = {
    section,
    columns,
    labels: labels.length > 1 ? labels.map((label) => `${label}: `) : [''],
    sheet,
  };
  const title = `${troubleTitle(section, target.columns)}${section.cases > 1 ? `: ${counted(section.cases, 'case')}` : ''}`;
  return [
    ...wrap(title, 2, sheet.width).map(sheet.paint.strong),
    ...section.groups.slice(0, MOST_GROUPS).flatMap((group) => groupLines(group, view)),
    ...unshown(
      section.groups.slice(MOST_GROUPS).flatMap(({ rows }) => rows),
      4,
      view,
    ),
  ];
}

interface View {
  readonly section: TroubleSection;
  readonly columns: readonly Column[];
  /** What to put before each environment's line; nothing where there is but one. */
  readonly labels: readonly string[];
  readonly sheet: Sheet;
}

function groupLines(group: CauseGroup, view: View): string[] {
  const [first, ...others] = group.rows;
  if (!first) return [];
  if (others.length === 0) return caseLines(first, group, view);
  const { width, paint } = view.sheet;
  const causes = labelled(group.causes, view.labels).map((cause) => `${counted(group.rows.length, 'case')}: ${cause}`);
  const headed =
    view.section.trouble === 'absent' ? [] : causes.flatMap((cause) => wrap(cause, 4, width)).map(paint.bad);
  return [
    ...headed,
    ...suspectLines(group, 6, view),
    ...group.rows.slice(0, MOST_CASES).flatMap((row) => [...nameLines(row, 6, view), ...evidenceLines(row, 8, view)]),
    ...unshown(group.rows.slice(MOST_CASES), 6, view),
  ];
}

/** A case with a cause of its own. */
function caseLines(row: Row, group: CauseGroup, view: View): string[] {
  const { width, paint } = view.sheet;
  const results = view.section.on.flatMap((column) => row.cells[column] ?? []);
  const reasons = labelled(
    results.map(({ verdict }) => describeVerdict(verdict)),
    view.labels,
  );
  const details = results.flatMap((result, index) =>
    detailsOf(result).map((detail) => `${view.labels[index] ?? ''}${detail}`),
  );
  return [
    ...nameLines(row, 4, view),
    ...reasons.flatMap((reason) => wrap(reason, 6, width)).map(paint.bad),
    ...details.flatMap((detail) => wrap(detail, 8, width)),
    ...suspectLines(group, 6, view),
    ...evidenceLines(row, 6, view),
  ];
}

function suspectLines({ machine }: CauseGroup, indent: number, { columns, sheet }: View): string[] {
  const labels = columns.map(({ label }) => label);
  return describeSuspects(machine, labels).flatMap((line) => wrap(line, indent, sheet.width).map(sheet.paint.warn));
}

/** What the verdict does not say: the subtests that failed, what the judge noticed, and what came of earlier attempts. */
function detailsOf(result: CaseResult): string[] {
  const { subtests, notes } = result;
  const failed = subtests.filter(({ verdict }) => verdict.kind !== 'pass' && verdict.kind !== 'skip');
  return [
    ...failed.slice(0, MOST_SUBTESTS).map(({ name, verdict }) => `${visible(name, 80)}: ${describeVerdict(verdict)}`),
    ...notes.map((note) => `note: ${visibleLine(note)}`),
    ...describeEarlier(result),
  ];
}

function nameLines({ suite, case: name, about }: Row, indent: number, { sheet }: View): string[] {
  const lines = wrap(`${visible(suite, 80)} › ${visible(name, 160)}`, indent, sheet.width);
  return about === undefined
    ? lines
    : [...lines, ...wrap(visibleLine(about), indent + 2, sheet.width).map(sheet.paint.faint)];
}

/** Of what shows that the test is wrong, both sides. */
function evidenceLines({ cells, oracle }: Row, indent: number, { section, sheet }: View): string[] {
  const pathOf = (cell: CaseResult | undefined) =>
    cell?.evidence === undefined ? [] : [' '.repeat(indent) + posix.join(sheet.reports, visible(cell.evidence, 1_000))];
  const own = section.on.flatMap((column) => pathOf(cells[column]));
  if (section.trouble !== 'wrong-test') return own;
  const trusted = new Set(section.on.flatMap((column) => oracle[column] ?? []));
  return [
    ...own,
    ...[...trusted].flatMap((cell) => [...wrap(describeOnOracle(cell), indent, sheet.width), ...pathOf(cell)]),
  ];
}

function unshown(rows: readonly Row[], indent: number, { sheet }: View): string[] {
  if (rows.length === 0) return [];
  return [`${' '.repeat(indent)}… and ${counted(rows.length, 'case')} more, ${sheet.rest}`];
}
