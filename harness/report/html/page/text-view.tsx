import { useMemo, useState } from 'preact/hooks';
import { ArrivalTimes } from './arrival-times.ts';
import { rowsWith } from './find-in-log.ts';
import { LogLines } from './log-lines.ts';
import { Rows } from './rows.tsx';
import { StyledRun } from './styled-run.tsx';

interface Props {
  readonly bytes: Uint8Array;
  /** When they came, where that is known. */
  readonly times: string | undefined;
  /** What was said last stands at its end: that is shown first. */
  readonly isLog: boolean;
}

/** A text of any length: only the rows that are seen exist. */
export function TextView({ bytes, times, isLog }: Props) {
  const lines = useMemo(() => new LogLines(bytes), [bytes]);
  const arrivals = useMemo(() => (times === undefined ? undefined : new ArrivalTimes(times)), [times]);
  const [wanted, setWanted] = useState('');
  const found = useMemo(() => rowsWith(lines, wanted), [lines, wanted]);
  const [step, setStep] = useState(0);
  const current = found.length === 0 ? undefined : found[((step % found.length) + found.length) % found.length];
  const isFound = useMemo(() => new Set(found), [found]);
  return (
    <div class="sheet text-sheet" role="tabpanel">
      <FindBar
        wanted={wanted}
        count={found.length}
        at={current === undefined ? 0 : found.indexOf(current) + 1}
        lines={lines.count}
        onWanted={(text) => {
          setWanted(text);
          setStep(0);
        }}
        onStep={(by) => setStep(step + by)}
      />
      {lines.count === 0 ? (
        <p class="nothing">{isLog ? 'The guest printed nothing.' : 'It is empty.'}</p>
      ) : (
        <Rows
          rows={lines.count}
          show={current ?? (isLog ? lines.count - 1 : undefined)}
          draw={(row) => {
            const at = lines.isContinued(row) ? undefined : arrivals?.atMs(lines.lastByteOf(row));
            const mark = row === current ? 'current' : isFound.has(row) ? 'found' : '';
            return (
              <div class={`line ${mark}`} key={row}>
                {arrivals && <span class="time" data-time={at === undefined ? '' : (at / 1_000).toFixed(3)} />}
                <span class="words">
                  {lines.runsOf(row).map((run, index) => (
                    <StyledRun key={index} run={run} />
                  ))}
                </span>
              </div>
            );
          }}
        />
      )}
    </div>
  );
}

interface FindProps {
  readonly wanted: string;
  readonly count: number;
  readonly at: number;
  readonly lines: number;
  readonly onWanted: (text: string) => void;
  readonly onStep: (by: 1 | -1) => void;
}

/** The browser finds only what is drawn. */
function FindBar({ wanted, count, at, lines, onWanted, onStep }: FindProps) {
  return (
    <search class="find-bar">
      <input
        type="search"
        placeholder="Find"
        aria-label="Find in this text"
        spellcheck={false}
        value={wanted}
        onInput={(event) => onWanted(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && onStep(event.shiftKey ? -1 : 1)}
      />
      <output>
        {wanted === '' ? `${lines.toLocaleString('en')} lines` : `${at} of ${count.toLocaleString('en')}`}
      </output>
      {wanted !== '' && (
        <>
          <button type="button" title="The one before (Shift+Enter)" onClick={() => onStep(-1)}>
            ↑
          </button>
          <button type="button" title="The next (Enter)" onClick={() => onStep(1)}>
            ↓
          </button>
        </>
      )}
    </search>
  );
}
