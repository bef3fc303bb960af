import type uPlot from 'uplot';
import type { RatesOfRun } from '../../history/rates-of-run.ts';
import type { PlotOptions } from './plot.tsx';

/** Times in seconds, then for each environment its rates in percent; `null` where a run did not have it. */
export function rateSeries(history: readonly RatesOfRun[], environments: readonly string[]): uPlot.AlignedData {
  const runs = [...history].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const lines = environments.map((environment) =>
    runs.map(({ rates }) => {
      const own = rates.find((rate) => rate.environment === environment);
      return own && own.cases > 0 ? (100 * own.passed) / own.cases : null;
    }),
  );
  return [runs.map(({ time }) => Date.parse(time) / 1_000), ...lines];
}

export function rateOptions(environments: readonly string[]): PlotOptions {
  return (colour) => ({
    height: 180,
    scales: { y: { range: (_, low, high) => [Math.max(0, Math.floor(low) - 2), Math.min(100, Math.ceil(high) + 2)] } },
    axes: [
      { stroke: colour('--faint'), grid: { stroke: colour('--line'), width: 1 } },
      {
        stroke: colour('--faint'),
        grid: { stroke: colour('--line'), width: 1 },
        values: (_, ticks) => ticks.map((at) => `${at} %`),
      },
    ],
    series: [
      {},
      ...environments.map((label, index) => ({
        label,
        stroke: colour(`--lane-${index % 6}`),
        width: 1.5,
        value: (_: uPlot, rate: number | null) => (rate === null ? '–' : `${rate.toFixed(1)} %`),
      })),
    ],
  });
}
