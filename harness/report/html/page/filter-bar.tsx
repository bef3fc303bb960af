import { useEffect, useMemo, useRef } from 'preact/hooks';
import { type Cases, EVERYTHING, type Filter, type Item, type Kind, type Only } from './filter.ts';

interface Props {
  readonly cases: Cases;
  readonly filter: Filter;
  readonly items: readonly Item[];
  readonly onFilter: (filter: Filter) => void;
}

const ONLY: readonly Only[] = ['differing', 'flaky'];

/** Chooses among the cases. `/` leads to it. */
export function FilterBar({ cases, filter, items, onFilter }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => focusOnSlash(input.current), []);
  const counts = useMemo(() => cases.counts(), [cases]);
  const only = useMemo(
    () => ONLY.map((each) => ({ each, count: cases.count(each) })).filter(({ count }) => count > 0),
    [cases],
  );
  const shown = items.filter(({ kind }) => kind === 'case').length;
  return (
    <search class="filter-bar">
      <input
        ref={input}
        type="search"
        placeholder="Filter cases and verdicts"
        aria-label="Filter cases and verdicts"
        aria-keyshortcuts="/"
        spellcheck={false}
        value={filter.words}
        onInput={(event) => onFilter({ ...filter, words: event.currentTarget.value })}
      />
      <fieldset class="chips" aria-label="Verdicts">
        {[...counts].map(([kind, count]) => (
          <Chip
            key={kind}
            name={kind === 'absent' ? 'no result' : kind}
            kind={kind}
            count={count}
            isOn={filter.kinds.has(kind)}
            onToggle={() => onFilter({ ...filter, kinds: toggled(filter.kinds, kind) })}
          />
        ))}
        {only.map(({ each, count }) => (
          <Chip
            key={each}
            name={each}
            kind={undefined}
            count={count}
            isOn={filter.only === each}
            onToggle={() => onFilter({ ...filter, only: filter.only === each ? undefined : each })}
          />
        ))}
      </fieldset>
      <output class="shown">
        {shown === cases.total ? `${shown} cases` : `${shown} of ${cases.total} cases`}
        {shown !== cases.total && (
          <button type="button" onClick={() => onFilter(EVERYTHING)}>
            show all
          </button>
        )}
      </output>
    </search>
  );
}

interface ChipProps {
  readonly name: string;
  readonly kind: Kind | undefined;
  readonly count: number;
  readonly isOn: boolean;
  readonly onToggle: () => void;
}

function Chip({ name, kind, count, isOn, onToggle }: ChipProps) {
  return (
    <button type="button" class={`chip ${kind ?? ''}`} aria-pressed={isOn} onClick={onToggle}>
      {name} <span class="faint">{count}</span>
    </button>
  );
}

function toggled(kinds: ReadonlySet<Kind>, kind: Kind): ReadonlySet<Kind> {
  const next = new Set(kinds);
  if (!next.delete(kind)) next.add(kind);
  return next;
}

function focusOnSlash(input: HTMLInputElement | null): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== '/' || event.target instanceof HTMLInputElement || !input) return;
    event.preventDefault();
    input.focus();
    input.select();
  };
  document.addEventListener('keydown', onKey);
  return () => document.removeEventListener('keydown', onKey);
}
