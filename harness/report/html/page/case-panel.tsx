import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { ReportDocument } from '../report-document.ts';
import { type Sheet, sheetsOf } from './case-sheets.ts';
import { useFiles } from './evidence.ts';
import type { Place } from './place.ts';
import { SheetView } from './sheet-view.tsx';
import { Tabs } from './tabs.tsx';

interface Props {
  readonly report: ReportDocument;
  readonly place: Place;
  readonly onClose: () => void;
  /** To the next case that did not pass, or the one before. */
  readonly onStep: (by: 1 | -1) => void;
}

/** All that is known of a case in an environment. Escape closes it; `n` and `p` lead to the next that did not pass. */
export function CasePanel({ report, place, onClose, onStep }: Props) {
  const { target, suite, row, column } = place;
  const cell = row.cells[column] ?? undefined;
  const columnOf = report.targets[target]?.columns[column];
  const [attempt, setAttempt] = useState<number | undefined>();
  const [chosen, setChosen] = useState('verdict');
  const shown = attempt === undefined ? cell : (cell?.attempts?.[attempt] ?? cell);
  const index = shown?.evidence;
  const evidence = index === undefined ? undefined : report.evidence[index];
  const loaded = useFiles(evidence, index);
  const panel = useRef<HTMLDivElement>(null);
  useReturningFocus(panel, place);
  useEffect(() => setAttempt(undefined), [row, column]);
  const sheets = useMemo(
    () => (loaded.state === 'loaded' && cell ? sheetsOf(cell, loaded.files) : [VERDICT]),
    [cell, loaded],
  );
  const sheet = sheets.find(({ id }) => id === chosen) ?? VERDICT;
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') onClose();
    else if (event.target instanceof HTMLInputElement) return;
    else if (event.key === 'n') onStep(1);
    else if (event.key === 'p') onStep(-1);
    else return;
    event.preventDefault();
  };
  return (
    <div
      ref={panel}
      class="panel"
      role="dialog"
      aria-label={`${suite}: ${row.name}`}
      tabIndex={-1}
      onKeyDown={onKeyDown}
    >
      <header>
        <div class="crumbs">
          <span>
            {report.targets[target]?.name}/{columnOf?.label}
          </span>{' '}
          › <span>{suite}</span>
        </div>
        <div class="panel-buttons">
          <button type="button" title="The case before that did not pass (p)" onClick={() => onStep(-1)}>
            ↑ previous
          </button>
          <button type="button" title="The next case that did not pass (n)" onClick={() => onStep(1)}>
            ↓ next
          </button>
          <button type="button" title="Close (Escape)" onClick={onClose}>
            ✕ close
          </button>
        </div>
        <h2>{row.name}</h2>
      </header>
      <Tabs tabs={sheets.map(({ id, title }) => ({ id, title }))} chosen={sheet.id} onChoose={setChosen} />
      <SheetView
        key={`${index}.${sheet.id}`}
        sheet={sheet}
        row={row}
        cell={cell}
        attempt={attempt}
        onAttempt={setAttempt}
        evidence={evidence}
        loaded={loaded}
        onSheet={setChosen}
      />
    </div>
  );
}

const VERDICT: Sheet = { id: 'verdict', title: 'Verdict', kind: 'verdict' };

/** The panel has the focus while it is there; then the cell has it that it came from. */
function useReturningFocus(panel: { current: HTMLElement | null }, place: Place): void {
  useLayoutEffect(() => {
    panel.current?.focus({ preventScroll: true });
  }, [panel, place.row, place.column]);
  useLayoutEffect(
    () => () => {
      document.querySelector<HTMLElement>('.matrix [tabindex="0"]')?.focus({ preventScroll: true });
    },
    [],
  );
}
