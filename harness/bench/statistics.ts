/** How far samples lie apart: the machine's own noise, shown instead of hidden in an average. */
export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

/** @throws RangeError when there are no samples. */
export function spreadOf(samples: readonly number[]): Spread {
  const sorted = [...samples].sort((a, b) => a - b);
  const [min] = sorted;
  const max = sorted.at(-1);
  if (min === undefined || max === undefined) throw new RangeError('nothing was sampled');
  const middle = Math.floor(sorted.length / 2);
  const [below = min, above = min] = sorted.slice(Math.max(0, middle - 1), middle + 1);
  return { min, median: sorted.length % 2 === 0 ? (below + above) / 2 : (sorted[middle] ?? min), max };
}

/** Each sample over the one that was taken beside it; those without one are left out. */
export function pairedRatios(samples: readonly number[], against: readonly number[]): number[] {
  return samples.slice(0, against.length).map((sample, index) => sample / (against[index] ?? Number.NaN));
}
