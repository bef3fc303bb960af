import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportDocument } from '../report-document.ts';
import type { Item } from './filter.ts';
import { cellAfter, type GridCell, nearestCell } from './matrix-keys.ts';
import { CaseRow, ColumnHead, GroupRow } from './matrix-row.tsx';
import type { Place } from './place.ts';
import { usePageWindow } from './use-page-window.ts';

interface Props {
  readonly report: ReportDocument;
  readonly items: readonly Item[];
  readonly open: Place | undefined;
  readonly onOpen: (place: Place) => void;
}

/** Every case in every environment. Only the rows that are seen exist. */
export function Matrix({ report, items, open, onOpen }: Props) {
  const body = useRef<HTMLDivElement>(null);
  const { first, end, rowHeight, rowsInView, show } = usePageWindow(body, items.length);
  const [active, setActive] = useState<GridCell>({ row: 0, column: 0 });
  const isMoving = useRef(false);
  const reachable = nearestCell(items, active, first, end);
  useLayoutEffect(() => {
    if (!isMoving.current) return;
    isMoving.current = false;
    body.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true });
  });
  // Once for each case that is opened, whatever is filtered then.
  useLayoutEffect(() => {
    const row = items.findIndex((item) => item.kind === 'case' && item.row === open?.row);
    if (!open || row === -1) return;
    setActive({ row, column: open.column });
    show(row);
  }, [open]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const next = cellAfter(items, report.targets, reachable, event.key, rowsInView);
    if (!next) return;
    event.preventDefault();
    isMoving.current = true;
    setActive(next);
    show(next.row);
  };
  const top = items[Math.min(first, items.length - 1)];
  const nameWidth = useMemo(() => widthOfNames(items), [items]);
  if (!top) return <p class="nothing">No case is like that.</p>;
  return (
    <div
      class="matrix"
      role="grid"
      aria-label="Cases"
      aria-rowcount={items.length}
      style={{ '--name': `${nameWidth}ch` }}
    >
      <ColumnHead target={report.targets[top.target]} />
      <div
        ref={body}
        class="matrix-body"
        role="presentation"
        style={{ height: `${items.length * rowHeight}px` }}
        onKeyDown={onKeyDown}
      >
        {items.slice(first, end).map((item, index) => {
          const row = first + index;
          const at = { top: `${row * rowHeight}px`, height: `${rowHeight}px` };
          if (item.kind !== 'case') return <GroupRow key={row} report={report} item={item} at={at} row={row} />;
          return (
            <CaseRow
              key={row}
              item={item}
              at={at}
              row={row}
              reachable={reachable?.row === row ? reachable.column : undefined}
              open={open?.row === item.row ? open.column : undefined}
              onOpen={(column) => onOpen({ target: item.target, suite: item.suite, row: item.row, column })}
            />
          );
        })}
      </div>
    </div>
  );
}

const NARROWEST = 24;
const WIDEST = 56;

/** So wide that verdicts stand close to the names: in characters. */
function widthOfNames(items: readonly Item[]): number {
  let longest = NARROWEST;
  for (const item of items) if (item.kind === 'case') longest = Math.max(longest, item.row.name.length + 4);
  return Math.min(longest, WIDEST);
}
