import { visible } from '../lines/visible.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { regardlessOfExpectation } from '../verdict/expected-failure.ts';
import { Groups } from './groups.ts';
import type { Matrix, Row } from './matrix.ts';
import type { CaseResult, EnvironmentFacts } from './results.ts';

/** A target that is trusted to be right, beside the one whose kernel is under test. */
export interface Oracle {
  readonly target: string;
  /** Its environments that one of the target's is compared with, each once. None: it was not run. */
  readonly columns: readonly OracleColumn[];
}

interface OracleColumn {
  /** `linux/aarch64` */
  readonly id: string;
  /** The target's environment where a row's `oracle` holds the result; where there are several, the first. */
  readonly column: number;
}

/** A target's matrix with its oracle's results in the rows. */
export interface JudgedMatrix extends Matrix {
  /** Absent: it has none. */
  readonly oracle?: Oracle;
}

/**
 * Puts beside each case what it came to on the target's oracle, where that has an environment of the same architecture: of
 * several, the one with the same profile, else the first. Suites and cases are the same by their names, in whatever file.
 */
export function withOracles(matrices: readonly Matrix[]): JudgedMatrix[] {
  return matrices.map((matrix) => {
    const name = matrix.environments.find(({ oracle }) => oracle !== undefined)?.oracle;
    if (name === undefined) return matrix;
    const trusted = matrices.find(({ target }) => target === name);
    return trusted && name !== matrix.target
      ? judgedBy(trusted, matrix)
      : { ...matrix, oracle: { target: name, columns: [] } };
  });
}

/** `the oracle linux/aarch64: fail: status 1`. */
export function describeOnOracle({ environment, verdict }: CaseResult): string {
  return `the oracle ${visible(environment)}: ${describeVerdict(regardlessOfExpectation(verdict))}`;
}

function judgedBy(trusted: Matrix, matrix: Matrix): JudgedMatrix {
  const partners = matrix.environments.map((environment) => partnerOf(environment, trusted.environments));
  const rowsOf = rowsByName(trusted);
  const suites = matrix.suites.map(({ suite, rows }) => {
    const taken = new Groups<{ count: number }>();
    return {
      suite,
      rows: rows.map((row): Row => {
        const occurrence = taken.at([row.case], () => ({ count: 0 }));
        const trustedRow = rowsOf.at([suite, row.case], () => [])[occurrence.count];
        occurrence.count += 1;
        return { ...row, oracle: partners.map((partner) => cellAt(trustedRow, partner)) };
      }),
    };
  });
  const columns = [...new Set(partners)]
    .filter((partner) => partner !== -1)
    .map((partner) => ({ id: trusted.environments[partner]?.id ?? '', column: partners.indexOf(partner) }));
  return { ...matrix, suites, oracle: { target: trusted.target, columns } };
}

/** -1: none speaks for that architecture. */
function partnerOf(environment: EnvironmentFacts, trusted: readonly EnvironmentFacts[]): number {
  const profile = profileOf(environment);
  const same = trusted.findIndex((other) => other.arch === environment.arch && profileOf(other) === profile);
  return same === -1 ? trusted.findIndex(({ arch }) => arch === environment.arch) : same;
}

/** What its id adds to the target's name and the architecture. */
function profileOf({ id, target, arch }: EnvironmentFacts): string {
  return id.slice(`${target}/${arch}`.length);
}

function rowsByName({ suites }: Matrix): Groups<Row[]> {
  const byName = new Groups<Row[]>();
  for (const { suite, rows } of suites) for (const row of rows) byName.at([suite, row.case], () => []).push(row);
  return byName;
}

function cellAt(row: Row | undefined, column: number): CaseResult | undefined {
  return row?.cells[column];
}
