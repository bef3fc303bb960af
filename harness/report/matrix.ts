import { TwinbootError } from '../errors.ts';
import { Groups } from './groups.ts';
import type { CaseResult, EnvironmentFacts } from './results.ts';

/** One case in every environment of a target. */
export interface Row {
  readonly suite: string;
  readonly case: string;
  readonly about: string | undefined;
  readonly file: string;
  /** Parallel to the target's environments; `undefined` where the case has no result. */
  readonly cells: readonly (CaseResult | undefined)[];
  /** What the case came to on the target's oracle, parallel to the environments too. Empty where there is none. */
  readonly oracle: readonly (CaseResult | undefined)[];
}

/** The environments of one target, and all their results side by side. */
export interface Matrix {
  readonly target: string;
  readonly environments: readonly EnvironmentFacts[];
  /** Suites and their cases in the order in which they first appear. */
  readonly suites: readonly { readonly suite: string; readonly rows: readonly Row[] }[];
}

/** One matrix for each target, in the order of the environments. */
export function matricesOf(environments: readonly EnvironmentFacts[], results: readonly CaseResult[]): Matrix[] {
  const targets = new Groups<MatrixBuilder>();
  const targetOf = new Map<string, MatrixBuilder>();
  for (const environment of environments) {
    const builder = targets.at([environment.target], () => new MatrixBuilder(environment.target));
    builder.environments.push(environment);
    targetOf.set(environment.id, builder);
  }
  for (const result of results) {
    const builder = targetOf.get(result.environment);
    if (!builder) {
      throw new TwinbootError(`A result names the environment "${result.environment}", which the run does not list.`);
    }
    builder.add(result);
  }
  return targets.values.map((builder) => builder.build());
}

class MatrixBuilder {
  readonly environments: EnvironmentFacts[] = [];
  readonly #target: string;
  readonly #suites = new Groups<{ suite: string; cases: Groups<CaseResult[]> }>();
  readonly #occurrences = new Groups<{ count: number }>();

  constructor(target: string) {
    this.#target = target;
  }

  /** A name used twice in one suite is two rows: neither result may hide the other. */
  add(result: CaseResult): void {
    const { suite, file, environment } = result;
    const occurrence = this.#occurrences.at([environment, suite, file, result.case], () => ({ count: 0 }));
    const { cases } = this.#suites.at([suite], () => ({ suite, cases: new Groups<CaseResult[]>() }));
    cases.at([file, result.case, occurrence.count], () => []).push(result);
    occurrence.count += 1;
  }

  build(): Matrix {
    const ids = this.environments.map(({ id }) => id);
    const suites = this.#suites.values.map(({ suite, cases }) => ({
      suite,
      rows: cases.values.flatMap((results) => rowOf(results, ids) ?? []),
    }));
    return { target: this.#target, environments: this.environments, suites };
  }
}

function rowOf(results: readonly CaseResult[], ids: readonly string[]): Row | undefined {
  const [first] = results;
  if (!first) return undefined;
  const cells = ids.map((id) => results.find(({ environment }) => environment === id));
  const about = results.find((result) => result.about !== undefined)?.about;
  return { suite: first.suite, case: first.case, about, file: first.file, cells, oracle: [] };
}
