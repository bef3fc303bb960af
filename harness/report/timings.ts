import type { Millis } from '../units.ts';
import type { RunResults } from './results.ts';

/** How long the cases of each suite file took in each environment, all together; `undefined` where none is known. */
export function timingsOf({ results }: RunResults): (environment: string, file: string) => Millis | undefined {
  const times = new Map<string, Millis>();
  const keyOf = (environment: string, file: string) => JSON.stringify([environment, file]);
  for (const { environment, file, durationMs } of results) {
    const key = keyOf(environment, file);
    times.set(key, (times.get(key) ?? 0) + durationMs);
  }
  return (environment, file) => times.get(keyOf(environment, file));
}
