import type { CellDocument, ReportDocument, RowDocument, TargetDocument } from '../report-document.ts';

export type Kind = CellDocument['kind'] | 'absent';

/** What of the matrix is shown. */
export interface Filter {
  /** Words that a case must have all of, somewhere in its names or verdicts. */
  readonly words: string;
  /** A case with one of them is shown. None: all are. */
  readonly kinds: ReadonlySet<Kind>;
  readonly only: Only | undefined;
  /** Only what one cause holds up. */
  readonly cause: ChosenCause | undefined;
}

/** In whichever environment it does. */
export interface ChosenCause {
  readonly target: number;
  readonly cause: string;
}

/** Cases that are not the same in every environment; that passed after an attempt that did not. */
export type Only = 'differing' | 'flaky';

export const EVERYTHING: Filter = { words: '', kinds: new Set(), only: undefined, cause: undefined };

export type Item =
  | { readonly kind: 'target'; readonly target: number }
  | { readonly kind: 'suite'; readonly target: number; readonly suite: number; readonly shown: number }
  | { readonly kind: 'case'; readonly target: number; readonly row: RowDocument; readonly suite: string };

/** A case with what is searched in it. */
interface Searchable {
  readonly row: RowDocument;
  readonly text: string;
  readonly kinds: readonly Kind[];
  readonly causes: readonly string[];
  readonly isDiffering: boolean;
  readonly isFlaky: boolean;
}

/** Searches a report again and again. */
export class Cases {
  readonly #report: ReportDocument;
  /** By target and suite. */
  readonly #searchable: readonly (readonly (readonly Searchable[])[])[];
  readonly total: number;

  constructor(report: ReportDocument) {
    this.#report = report;
    this.#searchable = report.targets.map((target) =>
      target.suites.map((suite) => suite.rows.map((row) => searchable(row, suite.name, target))),
    );
    this.total = this.#searchable.flat(2).length;
  }

  /** How many cells there are of each kind, in the order in which reports list them. */
  counts(): ReadonlyMap<Kind, number> {
    const counts = new Map<Kind, number>(ORDER.map((kind) => [kind, 0]));
    for (const kind of this.#searchable.flat(2).flatMap(({ kinds }) => kinds))
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    return new Map([...counts].filter(([, count]) => count > 0));
  }

  count(only: Only): number {
    return this.#searchable.flat(2).filter((each) => isOnly(each, only)).length;
  }

  /** The rows of the matrix: targets, where there are several, their suites and cases. */
  items(filter: Filter): Item[] {
    const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    const several = this.#report.targets.length > 1;
    return this.#searchable.flatMap((suites, target) => {
      const shown = suites.flatMap((cases, suite): Item[] => {
        const rows = cases.filter((each) => isShown(each, filter, words, target)).map(({ row }) => row);
        const name = this.#report.targets[target]?.suites[suite]?.name ?? '';
        if (rows.length === 0) return [];
        const items = rows.map((row): Item => ({ kind: 'case', target, row, suite: name }));
        return [{ kind: 'suite', target, suite, shown: rows.length }, ...items];
      });
      return several && shown.length > 0 ? [{ kind: 'target', target }, ...shown] : shown;
    });
  }
}

const ORDER: readonly Kind[] = [
  'pass',
  'fail',
  'crash',
  'hang',
  'timeout',
  'unexpected-pass',
  'expected-failure',
  'missing',
  'error',
  'skip',
  'absent',
];

function searchable(row: RowDocument, suite: string, { name, causes }: TargetDocument): Searchable {
  const kinds = row.cells.map((cell): Kind => cell?.kind ?? 'absent');
  const texts = row.cells.flatMap((cell) => [cell?.kind ?? '', cell?.text ?? '']);
  return {
    row,
    kinds,
    causes: row.cells.flatMap((cell) => causes[cell?.cause ?? -1]?.cause ?? []),
    text: [name, suite, row.name, row.declared, row.about ?? '', ...texts].join('\n').toLowerCase(),
    isDiffering: row.differs === true,
    isFlaky: row.cells.some((cell) => cell?.flaky === true),
  };
}

function isShown(each: Searchable, { kinds, only, cause }: Filter, words: readonly string[], target: number): boolean {
  if (cause && (cause.target !== target || !each.causes.includes(cause.cause))) return false;
  if (only && !isOnly(each, only)) return false;
  if (kinds.size > 0 && !each.kinds.some((kind) => kinds.has(kind))) return false;
  return words.every((word) => each.text.includes(word));
}

function isOnly({ isDiffering, isFlaky }: Searchable, only: Only): boolean {
  return only === 'differing' ? isDiffering : isFlaky;
}
