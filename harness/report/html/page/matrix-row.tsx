import type { CSSProperties } from 'preact';
import type { CellDocument, ReportDocument, TargetDocument } from '../report-document.ts';
import type { Item } from './filter.ts';

/** Where a row stands. */
type At = CSSProperties;

/** The environments, above the rows that are seen. */
export function ColumnHead({ target }: { readonly target: TargetDocument | undefined }) {
  return (
    <div class="matrix-row column-head" role="row" data-cells={target?.columns.length}>
      <span class="name" role="columnheader">
        case
      </span>
      <span class="cells" role="presentation">
        {target?.columns.map(({ label }) => (
          <span key={label} class="cell" role="columnheader" title={label}>
            {label}
          </span>
        ))}
      </span>
    </div>
  );
}

interface GroupProps {
  readonly report: ReportDocument;
  readonly item: Exclude<Item, { kind: 'case' }>;
  readonly at: At;
  readonly row: number;
}

/** The name of a target or suite, above its cases. */
export function GroupRow({ report, item, at, row }: GroupProps) {
  const target = report.targets[item.target];
  const name = item.kind === 'target' ? target?.name : target?.suites[item.suite]?.name;
  return (
    <div class={`matrix-row group ${item.kind}`} role="row" aria-rowindex={row + 1} style={at}>
      <span class="name" role="rowheader">
        {name} {item.kind === 'suite' && <span class="faint">{item.shown}</span>}
      </span>
      {item.kind === 'target' && (
        <span class="cells" role="presentation">
          {target?.columns.map(({ label }) => (
            <span key={label} class="cell faint">
              {label}
            </span>
          ))}
        </span>
      )}
    </div>
  );
}

interface CaseProps {
  readonly item: Extract<Item, { kind: 'case' }>;
  readonly at: At;
  readonly row: number;
  /** The column that the tab key reaches, if any. */
  readonly reachable: number | undefined;
  /** The column that is looked at, if any. */
  readonly open: number | undefined;
  readonly onOpen: (column: number) => void;
}

export function CaseRow({ item, at, row, reachable, open, onOpen }: CaseProps) {
  const { name, about, cells } = item.row;
  return (
    <div class="matrix-row case" role="row" aria-rowindex={row + 1} style={at}>
      <span class="name" role="rowheader" title={about ? `${name}\n${about}` : name}>
        {name}
      </span>
      <span class="cells" role="presentation">
        {cells.map((cell, column) => (
          <span key={column} class="cell" role="gridcell">
            <button
              type="button"
              class={`verdict ${cell?.kind ?? 'absent'}`}
              tabIndex={reachable === column ? 0 : -1}
              aria-expanded={open === column}
              title={cell?.text ?? cell?.kind ?? 'no result'}
              onClick={() => onOpen(column)}
            >
              {cell ? wordFor(cell) : '–'}
            </button>
          </span>
        ))}
      </span>
    </div>
  );
}

function wordFor({ kind, flaky }: CellDocument): string {
  return flaky ? `${kind}, flaky` : kind;
}
