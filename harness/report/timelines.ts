import type { Millis } from '../units.ts';
import type { Row } from './matrix.ts';

/** One boot's stages side by side. */
export interface Timeline {
  readonly suite: string;
  readonly case: string;
  readonly stages: readonly StageTimes[];
}

interface StageTimes {
  readonly name: string;
  /** Since the machine was spawned; parallel to the environments; `undefined` where the stage was not reached. */
  readonly atMs: readonly (Millis | undefined)[];
}

/** The boot stages that results carry. Of boots through the same stages, the first stands for all. */
export function timelinesOf(rows: readonly Row[]): Timeline[] {
  const byStages = new Map<string, Timeline>();
  for (const row of rows) {
    if (!row.cells.some((cell) => cell && cell.stages.length > 0)) continue;
    const stages = stageTimes(row);
    const key = JSON.stringify(stages.map(({ name, atMs }) => [name, atMs.map((at) => at !== undefined)]));
    if (!byStages.has(key)) byStages.set(key, { suite: row.suite, case: row.case, stages });
  }
  return [...byStages.values()];
}

/** Stages in the order of the boot that got furthest; those only others reached follow. */
function stageTimes({ cells }: Row): StageTimes[] {
  const reached = cells.map((cell) => new Map(cell?.stages.map(({ name, atMs }) => [name, atMs])));
  const furthestFirst = [...reached].sort((a, b) => b.size - a.size);
  const names = new Set(furthestFirst.flatMap((stages) => [...stages.keys()]));
  return [...names].map((name) => ({ name, atMs: reached.map((stages) => stages.get(name)) }));
}
