import { shown } from '../../expected.ts';
import { visibleLine } from '../../lines/visible.ts';
import { type HistoryEntry, historyEntrySchema, partOf } from './history.ts';
import type { RatesOfRun } from './rates-of-run.ts';

/** What a history tells. */
export interface History {
  /** Each run once, the earliest first. */
  readonly entries: readonly HistoryEntry[];
  /** Lines that could not be read, each named. */
  readonly warnings: readonly string[];
}

/** A damaged file has many damaged lines. */
const MOST_WARNINGS = 5;

/**
 * Reads lines in whatever order git has merged them. One that cannot be meant is left out and named; of a run that is there twice,
 * the later line holds.
 * @param placeOf Names a line, by its index, in a warning.
 */
export function parseHistory(text: string, placeOf: (index: number) => string): History {
  const byRun = new Map<string, HistoryEntry>();
  const damaged: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const entry = parseEntry(line);
    if (typeof entry === 'string') damaged.push(`${placeOf(index)}: ${visibleLine(entry)}; the line is left out`);
    else byRun.set(entry.run, entry);
  }
  const more = damaged.length - MOST_WARNINGS;
  return {
    entries: [...byRun.values()].sort(byTime),
    warnings: [...damaged.slice(0, MOST_WARNINGS), ...(more > 0 ? [`… and ${more} more such lines`] : [])],
  };
}

/** The whole runs: what was cut short, chosen or a shard has other cases, and its rate says nothing beside theirs. */
export function pointsOf(entries: readonly HistoryEntry[]): RatesOfRun[] {
  return entries
    .filter((entry) => partOf(entry) === undefined)
    .map(({ time, environments }) => ({
      time,
      rates: environments
        .filter(({ executed }) => executed > 0)
        .map(({ id, passed, executed }) => ({ environment: id, passed, cases: executed })),
    }));
}

/** @returns what is wrong with the line, where it is none. */
function parseEntry(line: string): HistoryEntry | string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return /^(<{7}|={7}|>{7}|\|{7})(\s|$)/.test(line)
      ? 'a merge conflict that nobody has resolved'
      : 'not JSON, or cut short';
  }
  const checked = historyEntrySchema.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  const schema = typeof value === 'object' && value !== null && 'schema' in value ? value.schema : undefined;
  if (issue?.path[0] === 'schema')
    return `schema: expected "${historyEntrySchema.shape.schema.value}", got ${shown(schema)}`;
  return `${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'no line of a history'}`;
}

function byTime(a: HistoryEntry, b: HistoryEntry): number {
  return Date.parse(a.time) - Date.parse(b.time) || (a.run < b.run ? -1 : Number(a.run > b.run));
}
