import { visible, visibleLine } from '../../lines/visible.ts';
import { formatMillis } from '../../units.ts';
import { describeVerdict } from '../../verdict/describe.ts';
import type { Subtest } from '../../verdict/verdict.ts';
import { isFlaky } from '../attempts.ts';
import type { RatesOfRun } from '../history/rates-of-run.ts';
import type { Row } from '../matrix.ts';
import { agree, type ParityModel, type SuiteParity, type TargetParity } from '../model.ts';
import { percent } from '../percent.ts';
import type { CaseAttempt, CaseResult } from '../results.ts';
import { summaryOf } from '../summary.ts';
import { soundness, type Tally } from '../tally.ts';
import { aboutRun, agreementOf, factsOf, remarksOn } from './head.ts';
import type {
  AttemptDocument,
  CellDocument,
  ReportDocument,
  RowDocument,
  Score,
  TargetDocument,
} from './report-document.ts';

/** Receives a folder of evidence. @returns its index among the report's. */
type TakeEvidence = (folder: string) => number;

export type DocumentWithoutEvidence = Omit<ReportDocument, 'evidence'>;

/** Pure but for what `takeEvidence` does: it is called for what did not pass, in the order of the results' matrix. */
export function buildDocument(
  model: ParityModel,
  takeEvidence: TakeEvidence,
  history: readonly RatesOfRun[] = [],
): DocumentWithoutEvidence {
  return {
    title: titleOf(model),
    about: aboutRun(model.run),
    remarks: remarksOn(model),
    summary: summaryOf(model),
    targets: model.targets.map((target) => targetDocument(target, takeEvidence)),
    history,
  };
}

/** `Parity of linux and calamity`. */
function titleOf({ targets }: ParityModel): string {
  const names = targets.map(({ target }) => visible(target)).join(', ');
  const compared = targets.some(({ columns }) => columns.length > 1);
  return `${compared ? 'Parity' : 'Results'}: ${names || 'nothing was run'}`;
}

function targetDocument(target: TargetParity, takeEvidence: TakeEvidence): TargetDocument {
  const agreement = agreementOf(target);
  const causeOf = causesByCell(target);
  const toCell: ToCell = (row, column) => {
    const cell = row.cells[column];
    const cause = causeOf(row, column);
    return cell ? { ...cellDocument(cell, takeEvidence), ...(cause === undefined ? {} : { cause }) } : null;
  };
  return {
    name: visible(target.target),
    columns: target.columns.map(({ label, accelerator, tally }) => ({
      label: visible(label),
      accelerator: visible(accelerator),
      score: scoreOf(tally),
    })),
    suites: target.suites.map((suite) => suiteDocument(suite, toCell)),
    ...(agreement ? { agreement } : {}),
    facts: factsOf(target),
    causes: target.causes.map(({ cause, on, rows }) => ({
      cause: visibleLine(cause),
      on: on.map(({ column }) => column),
      cases: rows.length,
    })),
  };
}

type ToCell = (row: Row, column: number) => CellDocument | null;

/** Which of the causes holds up a cell. */
function causesByCell({ causes }: TargetParity): (row: Row, column: number) => number | undefined {
  const known = new Map<Row, (number | undefined)[]>();
  for (const [index, { on }] of causes.entries()) {
    for (const { column, rows } of on) {
      for (const row of rows) {
        const ofRow = known.get(row) ?? [];
        ofRow[column] = index;
        known.set(row, ofRow);
      }
    }
  }
  return (row, column) => known.get(row)?.[column];
}

/** `suites/fork.suite.ts:12`. */
function placeOf({ file, cells }: Row): string {
  const line = cells.find((cell) => cell?.line !== undefined)?.line;
  return line === undefined ? file : `${file}:${line}`;
}

function suiteDocument({ suite, rows, cells }: SuiteParity, toCell: ToCell): TargetDocument['suites'][number] {
  return {
    name: visible(suite),
    scores: cells.map(({ tally }) => scoreOf(tally)),
    rows: rows.map((row) => rowDocument(row, toCell)),
  };
}

function scoreOf(tally: Tally): Score {
  const { byKind, due, executed } = tally;
  const score = { passed: byKind.pass, due, rate: percent(byKind.pass, executed) };
  return due > 0 ? { tone: soundness(tally), ...score } : score;
}

function rowDocument(row: Row, toCell: ToCell): RowDocument {
  return {
    name: visible(row.case),
    declared: visible(placeOf(row)),
    ...(row.about === undefined ? {} : { about: visibleLine(row.about, 1_000) }),
    ...(agree(row.cells) ? {} : { differs: true }),
    cells: row.cells.map((_, column) => toCell(row, column)),
  };
}

function cellDocument(result: CaseResult, takeEvidence: TakeEvidence): CellDocument {
  const { subtests, stages, postCodes, interrupts, calls, attempts } = result;
  return {
    ...attemptDocument(result, takeEvidence),
    ...(isFlaky(result) ? { flaky: true } : {}),
    ...(subtests.length > 0 ? { subtests: subtests.map(subtestDocument) } : {}),
    ...(stages.length > 0 ? { stages: stages.map(({ name, atMs }) => ({ name: visible(name), atMs })) } : {}),
    ...(postCodes?.length ? { codes: postCodes } : {}),
    ...(interrupts ? { interrupts: countsText(interrupts) } : {}),
    ...(calls?.length ? { calls: calls.map((each) => ({ function: visible(each.function), calls: each.calls })) } : {}),
    ...(attempts ? { attempts: attempts.map((attempt) => attemptDocument(attempt, takeEvidence)) } : {}),
  };
}

function attemptDocument(attempt: CaseAttempt, takeEvidence: TakeEvidence): AttemptDocument {
  const { verdict, durationMs, notes, evidence } = attempt;
  const text = describeVerdict(verdict);
  return {
    kind: verdict.kind,
    ...(text === verdict.kind ? {} : { text }),
    took: formatMillis(durationMs),
    ...(notes.length > 0 ? { notes: notes.map((note) => visibleLine(note, 1_000)) } : {}),
    ...(evidence === undefined || verdict.kind === 'pass' ? {} : { evidence: takeEvidence(evidence) }),
  };
}

function subtestDocument({ name, verdict }: Subtest): NonNullable<CellDocument['subtests']>[number] {
  return { name: visibleLine(name), kind: verdict.kind, text: describeVerdict(verdict) };
}

/** `irq 120, page-fault 3`; the most frequent first. */
function countsText(interrupts: NonNullable<CaseResult['interrupts']>): string {
  const counts = Object.entries(interrupts).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return counts.map(([name, count]) => `${name} ${count}`).join(', ') || 'none';
}

/** Evidence belongs to one case, but the last attempt and the case share theirs. */
export function onceEach(takeEvidence: TakeEvidence): TakeEvidence {
  const known = new Map<string, number>();
  return (folder) => {
    const index = known.get(folder) ?? takeEvidence(folder);
    known.set(folder, index);
    return index;
  };
}
