import { listed } from '../layout.ts';
import type { RunPart, RunResults, Shard } from '../results.ts';

/** The runs that results are of: of merged ones, those that were merged. */
export function partsOf({ run, environments }: RunResults): RunPart[] {
  if (run.parts) return [...run.parts];
  const ids = environments.map(({ id }) => id);
  return [{ ...run, scope: run.scope ?? { declared: ids, asked: ids } }];
}

/** By their beginning; those of one moment by their ids. The order in which they were given says nothing. */
export function byBeginning(a: Pick<RunPart, 'startedAt' | 'id'>, b: Pick<RunPart, 'startedAt' | 'id'>): number {
  return Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.id < b.id ? -1 : Number(a.id > b.id));
}

/** Without those that a later run has done again from beginning to end: a job that died, and was started anew. */
export function standing(parts: readonly RunPart[]): RunPart[] {
  const ordered = [...parts].sort(byBeginning);
  return ordered.filter((part, index) => !ordered.slice(index + 1).some((later) => replaces(later, part)));
}

function replaces(later: RunPart, earlier: RunPart): boolean {
  const asked = later.scope?.asked ?? [];
  return (
    later.complete &&
    sameWords(later.filter, earlier.filter) &&
    sameShard(later.scope?.shard, earlier.scope?.shard) &&
    (earlier.scope?.asked ?? []).every((environment) => asked.includes(environment))
  );
}

function sameWords(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function sameShard(a: Shard | undefined, b: Shard | undefined): boolean {
  return a?.index === b?.index && a?.count === b?.count && a?.cut === b?.cut;
}

/** `linux/aarch64, shard 1/2 (begun 2026-01-31T12:00:00.000Z on Linux 6.1)` */
export function describePart({ scope, host, startedAt }: RunPart): string {
  const shard = scope?.shard ? `, shard ${scope.shard.index}/${scope.shard.count}` : '';
  return `${listed(scope?.asked ?? [])}${shard} (begun ${startedAt} on ${host.os})`;
}

/** All environments that there should be results of, in the order of their declaration. */
export function declaredBy(parts: readonly RunPart[]): string[] {
  return [...new Set(parts.flatMap(({ scope }) => [...(scope?.declared ?? []), ...(scope?.asked ?? [])]))];
}

/** What of an environment no part has done, in words; `undefined` where all of it is there. */
export function whatIsMissing(environment: string, parts: readonly RunPart[]): string | undefined {
  const own = parts.filter(({ scope }) => scope?.asked.includes(environment));
  if (own.length === 0) return `No job ran ${environment}.`;
  const shards = own.flatMap(({ scope }) => scope?.shard ?? []);
  if (shards.length < own.length) return undefined; // One of them did it as a whole.
  const cuts = new Set(shards.map(({ count, cut }) => `${count} ${cut}`));
  if (cuts.size > 1) {
    return `The shards of ${environment} were not cut alike, so cases may be in none of them: give every job the same suites, the same count and the same --timings.`;
  }
  const count = shards[0]?.count ?? 0;
  const missing = Array.from({ length: count }, (_, index) => index + 1).filter(
    (index) => !shards.some((shard) => shard.index === index),
  );
  if (missing.length === 0) return undefined;
  const which = missing.map((index) => `${index}/${count}`).join(', ');
  return `${missing.length === 1 ? 'Shard' : 'Shards'} ${which} of ${environment} ${missing.length === 1 ? 'is' : 'are'} missing.`;
}
