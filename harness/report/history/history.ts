import { z } from 'zod';
import { isFlaky } from '../attempts.ts';
import type { RunResults } from '../results.ts';
import { tallyOf } from '../tally.ts';

/** The format's name and version. A field that comes or goes is a new version. */
export const HISTORY_SCHEMA = 'twinboot-history/1';

const count = z.int().nonnegative();

/** One line. It names no host and no path, so that it may be committed. */
export const historyEntrySchema = z.strictObject({
  schema: z.literal(HISTORY_SCHEMA),
  /** When the run began. */
  time: z.iso.datetime({ offset: true }),
  run: z.string().min(1),
  /** Twinboot's version. */
  harness: z.string(),
  /** False: the run was cut short, and cases may be missing. */
  complete: z.boolean(),
  /** `2/3`. Absent: it was no part of a run. */
  shard: z.string().exactOptional(),
  /** Only chosen cases were run. */
  filtered: z.literal(true).exactOptional(),
  environments: z.array(
    z.strictObject({ id: z.string().min(1), cases: count, executed: count, passed: count, flaky: count }),
  ),
});

/** What a run came to. */
export type HistoryEntry = Readonly<z.infer<typeof historyEntrySchema>>;

/** Pure. */
export function historyEntryOf({ run, environments, results }: RunResults): HistoryEntry {
  const { id, startedAt, harness, complete, filter, scope } = run;
  return {
    schema: HISTORY_SCHEMA,
    time: startedAt,
    run: id,
    harness,
    complete,
    ...(scope?.shard ? { shard: `${scope.shard.index}/${scope.shard.count}` } : {}),
    ...(filter ? { filtered: true } : {}),
    environments: environments.map((environment) => {
      const own = results.filter((result) => result.environment === environment.id);
      const { cases, executed, passed } = tallyOf(own.map(({ verdict }) => verdict));
      return { id: environment.id, cases, executed, passed, flaky: own.filter(isFlaky).length };
    }),
  };
}

/** Why a run cannot stand beside others; `undefined` where it can. */
export function partOf({ complete, shard, filtered }: HistoryEntry): 'shard' | 'filtered' | 'cut short' | undefined {
  if (shard !== undefined) return 'shard';
  if (filtered) return 'filtered';
  return complete ? undefined : 'cut short';
}
