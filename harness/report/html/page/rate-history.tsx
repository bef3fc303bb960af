import { useMemo } from 'preact/hooks';
import type { RatesOfRun } from '../../history/rates-of-run.ts';
import { Plot } from './plot.tsx';
import { rateOptions, rateSeries } from './rate-plot.ts';

/** Pass rates over time, a line for each environment. */
export function RateHistory({ history }: { readonly history: readonly RatesOfRun[] }) {
  const environments = useMemo(
    () => [...new Set(history.flatMap(({ rates }) => rates.map(({ environment }) => environment)))],
    [history],
  );
  const data = useMemo(() => rateSeries(history, environments), [history, environments]);
  const options = useMemo(() => rateOptions(environments), [environments]);
  return (
    <section class="history" aria-label="Pass rates over time">
      <h2>
        Pass rates <span class="faint">of the last {history.length} runs</span>
      </h2>
      <Plot options={options} data={data} label={`Pass rates of ${environments.join(', ')} over time`} />
    </section>
  );
}
