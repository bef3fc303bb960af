import type { TargetDocument } from '../report-document.ts';
import type { Item } from './filter.ts';

/** A cell by its place among the rows that are shown. */
export interface GridCell {
  readonly row: number;
  readonly column: number;
}

/** Where a key leads from a cell; `undefined` where it leads nowhere, or is no such key. */
export function cellAfter(
  items: readonly Item[],
  targets: readonly TargetDocument[],
  from: GridCell | undefined,
  key: string,
  page: number,
): GridCell | undefined {
  if (!from) return undefined;
  const { row, column } = from;
  const last = (targets[items[row]?.target ?? 0]?.columns.length ?? 1) - 1;
  switch (key) {
    case 'ArrowLeft':
      return column > 0 ? { row, column: column - 1 } : undefined;
    case 'ArrowRight':
      return column < last ? { row, column: column + 1 } : undefined;
    case 'ArrowUp':
      return caseAt(items, column, row - 1, -1);
    case 'ArrowDown':
      return caseAt(items, column, row + 1, 1);
    case 'PageUp':
      return caseAt(items, column, Math.max(0, row - page), -1) ?? caseAt(items, column, 0, 1);
    case 'PageDown':
      return (
        caseAt(items, column, Math.min(items.length - 1, row + page), 1) ?? caseAt(items, column, items.length - 1, -1)
      );
    case 'Home':
      return caseAt(items, column, 0, 1);
    case 'End':
      return caseAt(items, column, items.length - 1, -1);
    default:
      return undefined;
  }
}

/** The cell that the tab key reaches: the active one, or the first of those drawn where that is not among them. */
export function nearestCell(
  items: readonly Item[],
  active: GridCell,
  first: number,
  end: number,
): GridCell | undefined {
  const { row, column } = active;
  if (row >= first && row < end && items[row]?.kind === 'case') return active;
  const found = caseAt(items, column, first, 1);
  return found && found.row < end ? found : undefined;
}

function caseAt(items: readonly Item[], column: number, from: number, by: 1 | -1): GridCell | undefined {
  for (let row = from; row >= 0 && row < items.length; row += by) {
    const item = items[row];
    if (item?.kind === 'case') return { row, column: Math.min(column, item.row.cells.length - 1) };
  }
  return undefined;
}
