import { type PostCode, type PostRange, rangeTimes } from '../trace/post-codes.ts';
import type { Millis } from '../units.ts';
import type { Row } from './matrix.ts';

/** What the boots of one suite wrote to their debug port, side by side. Times are parallel to the environments. */
export interface PortTimeline {
  readonly suite: string;
  /** How long each part of the guest's software took; `undefined` where it wrote no code. In the order in which they began. */
  readonly ranges: readonly { readonly range: PostRange; readonly tookMs: readonly (Millis | undefined)[] }[];
  /** When each code first came, since the machine was spawned. In the order of the first environment that wrote it. */
  readonly codes: readonly {
    readonly code: number;
    readonly range: PostRange;
    readonly atMs: readonly (Millis | undefined)[];
  }[];
}

/** The debug-port timelines that results carry, by suite. The first time told of a code holds. */
export function portTimelinesOf(rows: readonly Row[]): PortTimeline[] {
  const bySuite = new Map<string, Row[]>();
  for (const row of rows) {
    if (!row.cells.some((cell) => cell?.postCodes?.length)) continue;
    bySuite.set(row.suite, [...(bySuite.get(row.suite) ?? []), row]);
  }
  return [...bySuite].map(([suite, told]) => portTimeline(suite, told));
}

function portTimeline(suite: string, rows: readonly Row[]): PortTimeline {
  const columns = rows[0]?.cells.length ?? 0;
  const codes = Array.from({ length: columns }, (_, column) => codesOf(rows, column));
  const ranges = codes.map((written) => rangeTimes([...written.values()]));
  const all = new Map(codes.flatMap((written) => [...written]));
  const allRanges = new Set(ranges.flatMap((times) => times.map(({ range }) => range)));
  return {
    suite,
    ranges: [...allRanges].map((range) => ({
      range,
      tookMs: ranges.map((times) => times.find((time) => time.range === range)?.tookMs),
    })),
    codes: [...all.values()].map(({ code, range }) => ({
      code,
      range,
      atMs: codes.map((written) => written.get(code)?.atMs),
    })),
  };
}

/** Of several boots in one suite the first stands for all. */
function codesOf(rows: readonly Row[], column: number): ReadonlyMap<number, PostCode> {
  const written = new Map<number, PostCode>();
  for (const { cells } of rows)
    for (const code of cells[column]?.postCodes ?? []) if (!written.has(code.code)) written.set(code.code, code);
  return written;
}
