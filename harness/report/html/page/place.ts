import type { RowDocument } from '../report-document.ts';
import type { Item } from './filter.ts';

/** A cell that is looked at. */
export interface Place {
  readonly target: number;
  readonly suite: string;
  readonly row: RowDocument;
  readonly column: number;
}

/** The next cell of those shown that a person may want to look at, from one on or from the first; `undefined`: there is none. */
export function nextNotPassing(items: readonly Item[], from: Place | undefined, by: 1 | -1): Place | undefined {
  const places = items.flatMap((item) => (item.kind === 'case' ? placesIn(item) : []));
  const here = places.findIndex((place) => place.row === from?.row && place.column === from.column);
  const order = by === 1 ? places.slice(here + 1) : places.slice(0, Math.max(here, 0)).reverse();
  return order.find(({ row, column }) => isWorthALook(row.cells[column]));
}

function placesIn({ target, suite, row }: Extract<Item, { kind: 'case' }>): Place[] {
  return row.cells.map((_, column) => ({ target, suite, row, column }));
}

function isWorthALook(cell: RowDocument['cells'][number] | undefined): boolean {
  return cell != null && ((cell.kind !== 'pass' && cell.kind !== 'skip') || cell.flaky === true);
}
