import type { Expectation, Verdict } from '../verdict/verdict.ts';
import { Groups } from './groups.ts';
import type { Row } from './matrix.ts';
import type { CaseResult } from './results.ts';

/** A case that fails as its author declares, in one environment at least. */
export interface KnownGap {
  readonly row: Row;
  readonly failures: readonly ExpectedFailure[];
}

export interface ExpectedFailure {
  /** The environment's. */
  readonly column: number;
  readonly result: CaseResult;
  readonly verdict: Extract<Verdict, { kind: 'expected-failure' }>;
}

export function knownGaps(rows: readonly Row[]): KnownGap[] {
  return rows
    .map((row) => ({ row, failures: row.cells.flatMap(expectedFailure) }))
    .filter(({ failures }) => failures.length > 0);
}

function expectedFailure(result: CaseResult | undefined, column: number): ExpectedFailure[] {
  return result?.verdict.kind === 'expected-failure' ? [{ column, result, verdict: result.verdict }] : [];
}

/** A declaration that no longer holds, at least not everywhere that it names. */
export interface StaleExpectation {
  readonly suite: string;
  readonly case: string;
  readonly file: string;
  readonly expectation: Expectation;
  /** The results of the environments where the case passes. */
  readonly passes: readonly CaseResult[];
  /** The environments where it fails, as is declared. None: the declaration is to be deleted, else to name these alone. */
  readonly stillFailsOn: readonly string[];
}

/** Over all targets of a run: a suite that several of them run has one declaration for all. */
export function staleExpectations(results: readonly CaseResult[]): StaleExpectation[] {
  const declarations = new Groups<Writable<StaleExpectation>>();
  for (const result of results) {
    const { verdict, suite, case: name, file, environment } = result;
    if (verdict.kind !== 'unexpected-pass' && verdict.kind !== 'expected-failure') continue;
    const { because, issue } = verdict;
    const stale = declarations.at([file, suite, name, because, issue], () => ({
      suite,
      case: name,
      file,
      expectation: verdict,
      passes: [],
      stillFailsOn: [],
    }));
    if (verdict.kind === 'expected-failure') stale.stillFailsOn.push(environment);
    else {
      stale.expectation = verdict; // It alone tells which places are declared.
      stale.passes.push(result);
    }
  }
  return declarations.values.filter(({ passes }) => passes.length > 0);
}

type Writable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };
