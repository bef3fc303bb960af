import { formatCode } from '../trace/post-codes.ts';
import { isFlaky } from './attempts.ts';
import type { BaselineOutcome } from './baseline/baseline-file.ts';
import { comparisonJson } from './baseline/comparison-json.ts';
import type { TroubleSection } from './failures.ts';
import type { Row } from './matrix.ts';
import type { Column, ParityModel, SuiteParity, TargetParity } from './model.ts';
import type { Tally } from './tally.ts';

/** The format's name and version. */
const PARITY_SCHEMA = 'twinboot-parity/1';

/**
 * The parity report for a machine to read: what the other renderings say, in their order. Lists called `values`, `verdicts`,
 * `counts`, `atMs` and `tookMs`, and the `environments` of a suite, are parallel to the target's `environments`, with `null` where there is nothing.
 */
export function parityJson(
  { run, tally, targets, staleExpectations }: ParityModel,
  baseline: BaselineOutcome | undefined,
): unknown {
  const { id, startedAt, durationMs, harness, complete, filter = [], scope, faults = [], notices = [] } = run;
  return {
    schema: PARITY_SCHEMA,
    run: { id, startedAt, durationMs, harness, complete, filter, shard: scope?.shard ?? null, faults, notices },
    results: countsOf(tally),
    baseline: baseline ? comparisonJson(baseline) : null,
    targets: targets.map(targetJson),
    staleExpectations: staleExpectations.map(({ suite, case: name, file, expectation, passes, stillFailsOn }) => ({
      suite,
      case: name,
      file,
      because: expectation.because,
      issue: expectation.issue ?? null,
      passesOn: passes.map(({ environment }) => environment),
      stillFailsOn,
    })),
  };
}

function targetJson(target: TargetParity): unknown {
  const { columns, oracle, agreement, suites, troubles, causes, floorsNotMet } = target;
  const idOf = (column: number) => columns[column]?.id ?? null;
  return {
    target: target.target,
    environments: columns.map(({ id, accelerator, tally }) => ({ id, accelerator, ...countsOf(tally) })),
    parity: agreement ? { ...agreement, rate: rateOf(agreement.same, agreement.cases) } : null,
    oracle: oracle ? { target: oracle.target, environments: oracle.columns.map(({ id }) => id) } : null,
    suites: suites.map(({ suite, cells }) => ({ suite, environments: cells.map(suiteCellJson) })),
    cases: suites.flatMap(({ rows }) => rows.map((row) => caseJson(row, target))),
    differences: troubles.map((section) => sectionJson(section, columns)),
    floorsNotMet: floorsNotMet.map(({ suite, environment, atLeast, executed }) => ({
      suite,
      environment,
      atLeast,
      executed,
    })),
    causes: causes.map(({ cause, certain, rows, on, machine }) => ({
      cause,
      certain,
      unblocks: rows.length,
      environments: on.map(({ column, rows: there }) => ({ environment: idOf(column), cases: there.length })),
      machine: machine.map(({ field }) => field),
      cases: rows.map(nameOf),
    })),
    machineDifferences: target.machineDifferences,
    timelines: target.timelines.map(({ suite, stages }) => ({
      suite,
      stages: stages.map(({ name, atMs }) => ({ name, atMs: orNull(atMs) })),
    })),
    debugPorts: target.portTimelines.map(({ suite, ranges, codes }) => ({
      suite,
      ranges: ranges.map(({ range, tookMs }) => ({ range, tookMs: orNull(tookMs) })),
      codes: codes.map(({ code, range, atMs }) => ({ code: formatCode(code), range, atMs: orNull(atMs) })),
    })),
    interrupts: target.interruptProfiles ?? null,
    flaky: target.flaky.map(({ row, column, result }) => ({
      ...nameOf(row),
      environment: idOf(column),
      attempts: (result.attempts ?? []).map(({ verdict }) => verdict.kind),
    })),
    expectedFailures: target.gaps.flatMap(({ row, failures }) =>
      failures.map(({ column, verdict }) => ({
        ...nameOf(row),
        environment: idOf(column),
        because: verdict.because,
        issue: verdict.issue ?? null,
        verdict: verdict.actual.kind,
      })),
    ),
  };
}

function sectionJson({ trouble, on, elsewhere, groups }: TroubleSection, columns: readonly Column[]): unknown {
  const idsOf = (list: readonly number[]) => list.map((column) => columns[column]?.id ?? null);
  return {
    trouble,
    on: idsOf(on),
    elsewhere: idsOf(elsewhere),
    groups: groups.map(({ causes, rows, machine }) => ({
      causes,
      machine: machine.map(({ field }) => field),
      cases: rows.map(nameOf),
    })),
  };
}

function caseJson(row: Row, { oracle }: TargetParity): unknown {
  const flaky = row.cells.flatMap((cell) => (cell && isFlaky(cell) ? [cell.environment] : []));
  return {
    ...nameOf(row),
    file: row.file,
    verdicts: row.cells.map((cell) => cell?.verdict.kind ?? null),
    evidence: row.cells.map((cell) => cell?.evidence ?? null),
    flaky,
    ...(oracle ? { oracle: oracle.columns.map(({ column }) => row.oracle[column]?.verdict.kind ?? null) } : {}),
  };
}

function suiteCellJson({ tally, gap }: SuiteParity['cells'][number]): unknown {
  return { ...countsOf(tally), gap };
}

function countsOf({ cases, existing, executed, passed, byKind }: Tally) {
  return { cases, existing, executed, passed, passRate: rateOf(passed, executed), verdicts: byKind };
}

/** From 0 to 1; `null` of nothing. */
function rateOf(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function nameOf({ suite, case: name }: Row) {
  return { suite, case: name };
}

function orNull<T>(values: readonly (T | undefined)[]): (T | null)[] {
  return values.map((value) => value ?? null);
}
