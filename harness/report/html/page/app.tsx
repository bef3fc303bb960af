import { useCallback, useMemo, useState } from 'preact/hooks';
import type { ReportDocument } from '../report-document.ts';
import { CasePanel } from './case-panel.tsx';
import { Causes } from './causes.tsx';
import { Cases, EVERYTHING } from './filter.ts';
import { FilterBar } from './filter-bar.tsx';
import { Head } from './head.tsx';
import { Matrix } from './matrix.tsx';
import { nextNotPassing, type Place } from './place.ts';
import { RateHistory } from './rate-history.tsx';
import { Scores } from './scores.tsx';

/** The whole page: what is to be known at once, then every case, then the one that somebody looks at. */
export function App({ report }: { readonly report: ReportDocument }) {
  const cases = useMemo(() => new Cases(report), [report]);
  const [filter, setFilter] = useState(EVERYTHING);
  const [open, setOpen] = useState<Place | undefined>();
  const items = useMemo(() => cases.items(filter), [cases, filter]);
  const close = useCallback(() => setOpen(undefined), []);
  const step = useCallback((by: 1 | -1) => setOpen((from) => nextNotPassing(items, from, by) ?? from), [items]);
  return (
    <>
      <main>
        <Head report={report} />
        {report.targets.map((target) => (
          <Scores key={target.name} target={target} isOnlyOne={report.targets.length === 1} />
        ))}
        {report.history.length > 0 && <RateHistory history={report.history} />}
        <Causes report={report} filter={filter} onFilter={setFilter} />
        <FilterBar cases={cases} filter={filter} items={items} onFilter={setFilter} />
        <Matrix report={report} items={items} open={open} onOpen={setOpen} />
      </main>
      {open && <CasePanel report={report} place={open} onClose={close} onStep={step} />}
    </>
  );
}
