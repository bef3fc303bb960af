import { useMemo, useState } from 'preact/hooks';
import type { CellDocument } from '../report-document.ts';
import type { Files } from './evidence.ts';
import { lanesOf, momentsOf } from './moments.ts';
import { Plot } from './plot.tsx';
import { Rows } from './rows.tsx';
import { timelineOptions, timelineSeries } from './timeline-plot.ts';

/** Stages, debug ports, interrupts and console on one axis of time; below, the same as a list. */
export function Timeline({ cell, files }: { readonly cell: CellDocument; readonly files: Files }) {
  const moments = useMemo(() => momentsOf(cell, files), [cell, files]);
  const lanes = useMemo(() => lanesOf(moments), [moments]);
  const data = useMemo(() => timelineSeries(moments, lanes), [moments, lanes]);
  const [shown, setShown] = useState<number | undefined>();
  const options = useMemo(() => timelineOptions(moments, lanes, setShown), [moments, lanes]);
  const width = Math.max(...lanes.map((lane) => lane.length));
  return (
    <div class="sheet text-sheet" role="tabpanel">
      <Plot options={options} data={data} label="Timeline" />
      <p class="faint hint">Seconds since the machine was spawned. Drag to zoom, double-click to see all of it.</p>
      <Rows
        rows={moments.length}
        show={shown}
        draw={(row) => {
          const moment = moments[row];
          return (
            <div class={`line ${row === shown ? 'current' : ''}`} key={row}>
              <span class="time" data-time={moment?.at.toFixed(3)} />
              <span class="words">
                <span class="lane">{moment?.lane.padEnd(width)}</span> {moment?.text}
              </span>
            </div>
          );
        }}
      />
    </div>
  );
}
