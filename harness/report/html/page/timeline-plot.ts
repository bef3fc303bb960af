import type uPlot from 'uplot';
import type { Moment } from './moments.ts';
import type { PlotOptions } from './plot.tsx';

const LANE_HEIGHT = 22;
const AXIS_HEIGHT = 40;

/** The times of all moments, then for each lane its own height where it has a moment. Lanes go from top to bottom. */
export function timelineSeries(moments: readonly Moment[], lanes: readonly string[]): uPlot.AlignedData {
  const heights = lanes.map((lane, index) =>
    moments.map((moment) => (moment.lane === lane ? lanes.length - 1 - index : null)),
  );
  return [moments.map(({ at }) => at), ...heights];
}

/** @param onMoment Is told the index of the moment that the pointer is next to. */
export function timelineOptions(
  moments: readonly Moment[],
  lanes: readonly string[],
  onMoment: (index: number | undefined) => void,
): PlotOptions {
  return (colour) => ({
    height: lanes.length * LANE_HEIGHT + AXIS_HEIGHT,
    legend: { show: false },
    scales: { x: { time: false, range: margins(moments) }, y: { range: [-0.7, lanes.length - 0.3] } },
    cursor: { y: false, points: { show: false } },
    axes: [
      {
        stroke: colour('--faint'),
        grid: { stroke: colour('--line'), width: 1 },
        values: (_, ticks) => ticks.map((at) => `${at} s`),
      },
      {
        stroke: colour('--text'),
        font: '11px ui-monospace, monospace',
        size: 16 + 7 * Math.max(...lanes.map((lane) => lane.length)),
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { show: false },
        splits: () => lanes.map((_, index) => index),
        values: (_, splits) => splits.map((height) => lanes[lanes.length - 1 - height] ?? ''),
      },
    ],
    series: [
      {},
      ...lanes.map((lane, index) => ({
        paths: () => null,
        points: { show: true, size: lane === 'stage' ? 9 : 6, fill: colour(`--lane-${index % 6}`), width: 0 },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onMoment(cursor.idx ?? undefined)] },
  });
}

/** A moment at the very edge would be cut, and a single one has no width. */
function margins(moments: readonly Moment[]): (plot: uPlot, low: number, high: number) => [number, number] {
  const ends = [moments[0]?.at ?? 0, moments.at(-1)?.at ?? 1] as const;
  const margin = Math.max(0.001, (ends[1] - ends[0]) * 0.02);
  return (_, low, high) => (low === ends[0] && high === ends[1] ? [low - margin, high + margin] : [low, high]);
}
