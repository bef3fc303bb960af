import type { Millis } from '../units.ts';
import type { Row } from './matrix.ts';

/** One suite's boot stages side by side. */
export interface Timeline {
  readonly suite: string;
  readonly stages: readonly StageTimes[];
}

interface StageTimes {
  readonly name: string;
  /** Since the machine was spawned; parallel to the environments; `undefined` where the stage was not reached. */
  readonly atMs: readonly (Millis | undefined)[];
}

/** The boot stages that results carry, by suite: its cases may each tell of one stage, or of all. */
export function timelinesOf(rows: readonly Row[]): Timeline[] {
  const bySuite = new Map<string, Row[]>();
  for (const row of rows) {
    if (!row.cells.some((cell) => cell && cell.stages.length > 0)) continue;
    bySuite.set(row.suite, [...(bySuite.get(row.suite) ?? []), row]);
  }
  return [...bySuite].map(([suite, told]) => ({ suite, stages: stageTimes(told) }));
}

/** Stages in the order of the boot that got furthest; those only others reached follow. The first time told holds. */
function stageTimes(rows: readonly Row[]): StageTimes[] {
  const columns = rows[0]?.cells.length ?? 0;
  const reached = Array.from({ length: columns }, (_, column) => {
    const stages = rows.flatMap(({ cells }) => cells[column]?.stages ?? []);
    return new Map(stages.map(({ name, atMs }): [string, Millis] => [name, atMs]).reverse());
  });
  const furthestFirst = [...reached].sort((a, b) => b.size - a.size);
  const names = new Set(
    // Stages of one moment stay in the order in which they are declared.
    furthestFirst.flatMap((stages) =>
      [...stages]
        .reverse()
        .sort(([, a], [, b]) => a - b)
        .map(([name]) => name),
    ),
  );
  return [...names].map((name) => ({ name, atMs: reached.map((stages) => stages.get(name)) }));
}
