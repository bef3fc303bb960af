import { useMemo } from 'preact/hooks';
import type { Files } from './evidence.ts';
import { LogLines } from './log-lines.ts';
import { StyledRun } from './styled-run.tsx';

const MOST_ROWS = 16;

interface Props {
  readonly files: Files;
  readonly onSheet: (id: string) => void;
}

/** What one looks at next: who called what, and what was said last. */
export function Excerpts({ files, onSheet }: Props) {
  const consoles = [...files.keys()].filter((name) => /^console-.*\.log$/.test(name));
  return (
    <>
      <Excerpt title="Backtraces" name="backtraces.txt" from="begin" {...{ files, onSheet }} />
      {consoles.map((name) => (
        <Excerpt key={name} title={consoles.length > 1 ? name : 'Console'} from="end" {...{ name, files, onSheet }} />
      ))}
    </>
  );
}

type ExcerptProps = Props & { readonly title: string; readonly name: string; readonly from: 'begin' | 'end' };

function Excerpt({ title, name, from, files, onSheet }: ExcerptProps) {
  const bytes = files.get(name);
  const lines = useMemo(() => bytes && new LogLines(bytes), [bytes]);
  if (!lines || lines.count === 0) return null;
  const first = from === 'end' ? Math.max(0, lines.count - MOST_ROWS) : 0;
  const shown = Math.min(lines.count, MOST_ROWS);
  return (
    <section class="excerpt">
      <h3>
        <button type="button" onClick={() => onSheet(name)}>
          {title}
        </button>
        {shown < lines.count && (
          <span class="faint">
            {' '}
            {from === 'end' ? 'the last' : 'the first'} {shown} of {lines.count.toLocaleString('en')} lines
          </span>
        )}
      </h3>
      <div class="excerpt-rows">
        {Array.from({ length: shown }, (_, index) => (
          <div class="line" key={first + index}>
            <span class="words">
              {lines.runsOf(first + index).map((run, place) => (
                <StyledRun key={place} run={run} />
              ))}
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}
