import { useMemo, useState } from 'preact/hooks';
import type { ReportDocument } from '../report-document.ts';
import { EVERYTHING, type Filter } from './filter.ts';

const SHOWN = 8;

interface Props {
  readonly report: ReportDocument;
  readonly filter: Filter;
  readonly onFilter: (filter: Filter) => void;
}

/** What holds up cases, the cause of most of them first. One that is chosen filters the matrix. */
export function Causes({ report, filter, onFilter }: Props) {
  const [isWhole, setWhole] = useState(false);
  const causes = useMemo(() => placedCauses(report), [report]);
  if (causes.length === 0) return null;
  const shown = isWhole ? causes : causes.slice(0, SHOWN);
  return (
    <section class="causes" aria-label="Causes">
      <h2>
        Not passing, by cause <span class="faint">{causes.length}</span>
      </h2>
      <ul>
        {shown.map(({ target, cause, cases, where }) => {
          const isChosen = filter.cause?.target === target && filter.cause.cause === cause;
          return (
            <li key={`${target}.${cause}`}>
              <button
                type="button"
                aria-pressed={isChosen}
                onClick={() => onFilter({ ...EVERYTHING, cause: isChosen ? undefined : { target, cause } })}
              >
                <span class="count">{cases}</span>
                <span class="where">{where}</span>
                <span class="cause">{cause}</span>
              </button>
            </li>
          );
        })}
      </ul>
      {causes.length > SHOWN && (
        <button type="button" class="more" aria-expanded={isWhole} onClick={() => setWhole(!isWhole)}>
          {isWhole ? 'fewer' : `${causes.length - SHOWN} more`}
        </button>
      )}
    </section>
  );
}

interface PlacedCause {
  readonly target: number;
  readonly cause: string;
  readonly cases: number;
  readonly where: string;
}

/** Of all targets, the cause of most failures first. */
function placedCauses({ targets }: ReportDocument): PlacedCause[] {
  const placed = targets.flatMap(({ causes, columns, name }, target) =>
    causes.map(({ cause, on, cases }) => {
      const isEverywhere = on.length > 2 && on.length === columns.length;
      const where = isEverywhere ? 'everywhere' : on.map((column) => columns[column]?.label ?? '').join(', ');
      return { target, cause, cases, where: targets.length > 1 ? `${name}: ${where}` : where };
    }),
  );
  return placed.sort((a, b) => b.cases - a.cases);
}
