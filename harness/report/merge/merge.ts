import { DeclarationError } from '../../errors.ts';
import { expected } from '../../expected.ts';
import { emptyEnvironments } from '../empty-environments.ts';
import { type EnvironmentFacts, RESULTS_SCHEMA, type RunPart, type RunResults, type SuiteFloor } from '../results.ts';
import { mergeCases } from './merge-cases.ts';
import { differences, mergeFacts } from './merge-facts.ts';
import { byBeginning, declaredBy, describePart, partsOf, standing, whatIsMissing } from './parts.ts';

/** The results of one job. */
export interface MergeSource {
  /** Names it in messages: the folder or file. */
  readonly name: string;
  readonly results: RunResults;
}

export interface MergeOptions {
  /** Environments, architectures or targets that the jobs were to cover. None: every environment that is declared. */
  readonly expect: readonly string[];
  /** An environment without a single result makes the whole red. */
  readonly strict: boolean;
}

/**
 * Joins the results of several jobs into those of one run: the same, byte for byte, in whatever order they are given.
 * A case that two runs have done has the attempts of both. What is missing, the run says: no job, no shard and no half of
 * one goes unnoticed.
 * @throws DeclarationError for sources that cannot be told apart, or an expectation that nothing meets.
 */
export function mergeResults(given: readonly MergeSource[], { expect, strict }: MergeOptions): RunResults {
  const { sources, notices } = onceEach(given);
  const parts = sources.flatMap(({ results }) => partsOf(results)).sort(byBeginning);
  const current = standing(parts);
  const wanted = wantedEnvironments(declaredBy(parts), expect);
  const environments = mergeEnvironments(sources, declaredBy(parts));
  const results = mergeCases(
    sources,
    environments.map(({ id }) => id),
  );
  const missing = wanted.flatMap((environment) => whatIsMissing(environment, current) ?? []);
  const done = wanted.filter((environment) => whatIsMissing(environment, current) === undefined);
  const faults = [
    ...missing,
    ...(strict ? emptyEnvironments(done, results) : []),
    ...current.flatMap((part) => part.faults ?? []),
  ];
  const cutShort = current.filter(({ complete }) => !complete);
  return {
    schema: RESULTS_SCHEMA,
    run: {
      ...mergeFacts(parts),
      complete: missing.length === 0 && cutShort.length === 0,
      ...filterOf(current),
      scope: { declared: declaredBy(parts), asked: wanted },
      parts,
      ...listIfAny('faults', faults),
      ...listIfAny('notices', [
        ...notices,
        ...cutShort.map((part) => `The run of ${describePart(part)} was cut short.`),
        ...differences(
          parts,
          environments.map(({ id }) => id),
          sources,
        ),
        ...parts.flatMap((part) => part.notices ?? []),
      ]),
    },
    environments,
    results,
    floors: mergeFloors(sources, environments),
  };
}

/** Each run once, the earliest first. */
function onceEach(given: readonly MergeSource[]) {
  const ordered = [...given].sort((a, b) => fullestFirst(a, b) || (a.name < b.name ? -1 : 1));
  const sources: MergeSource[] = [];
  const notices: string[] = [];
  const sourceOf = new Map<string, MergeSource>();
  for (const source of ordered) {
    const ids = partsOf(source.results).map(({ id }) => id);
    const before = ids.map((id) => sourceOf.get(id));
    const [first] = before;
    if (first && before.every((other) => other === first)) {
      notices.push(`${source.name} holds the same run as ${first.name}, and counts once.`);
      continue;
    }
    const shared = before.find((other) => other !== undefined);
    if (shared) {
      throw new DeclarationError(
        `${source.name} and ${shared.name} share a run, and each holds others: merge what they were merged from`,
      );
    }
    sources.push(source);
    for (const id of ids) sourceOf.set(id, source);
  }
  return { sources: sources.sort((a, b) => byBeginning(a.results.run, b.results.run)), notices };
}

/** Of one run, what was kept at its end rather than in its middle; of several, the one that holds more of them. */
function fullestFirst({ results: a }: MergeSource, { results: b }: MergeSource): number {
  return (
    partsOf(b).length - partsOf(a).length ||
    Number(b.run.complete) - Number(a.run.complete) ||
    b.results.length - a.results.length
  );
}

/** @throws DeclarationError for an expectation that no declared environment meets. */
function wantedEnvironments(declared: readonly string[], expect: readonly string[]): string[] {
  const places = new Set(declared.flatMap((id) => [...id.split('/').slice(0, 2), id]));
  const unknown = expect.find((place) => !places.has(place));
  if (unknown !== undefined) throw new DeclarationError(expected('--expect', [...places], unknown));
  if (expect.length === 0) return [...declared];
  return declared.filter((id) => [...id.split('/').slice(0, 2), id].some((place) => expect.includes(place)));
}

/** Jobs of one matrix choose alike; where they do not, all of what chose is said. */
function filterOf(parts: readonly RunPart[]) {
  return listIfAny('filter', [...new Set(parts.flatMap(({ filter }) => filter ?? []))]);
}

/** As the latest run has them, in the order of their declaration. */
function mergeEnvironments(sources: readonly MergeSource[], declared: readonly string[]): EnvironmentFacts[] {
  const facts = new Map(
    sources.flatMap(({ results }) => results.environments.map((environment) => [environment.id, environment] as const)),
  );
  return [...facts.values()].sort((a, b) => declared.indexOf(a.id) - declared.indexOf(b.id));
}

/** Those of a suite are as the latest run tells that has them. */
function mergeFloors(sources: readonly MergeSource[], environments: readonly EnvironmentFacts[]): SuiteFloor[] {
  const latest = new Map<string, readonly SuiteFloor[]>();
  for (const { results } of sources) {
    const own = new Map<string, SuiteFloor[]>();
    for (const floor of results.floors) {
      const key = JSON.stringify([floor.environment, floor.suite]);
      own.set(key, [...(own.get(key) ?? []), floor]);
    }
    for (const [key, floors] of own) latest.set(key, floors);
  }
  const column = (id: string) => environments.findIndex((environment) => environment.id === id);
  return [...latest.values()]
    .flat()
    .sort(
      (a, b) => column(a.environment) - column(b.environment) || (a.suite < b.suite ? -1 : Number(a.suite > b.suite)),
    );
}

function listIfAny<Field extends string>(field: Field, texts: readonly string[]) {
  const distinct = [...new Set(texts)];
  return (distinct.length > 0 ? { [field]: distinct } : {}) as { readonly [F in Field]?: string[] };
}
