import type { Millis } from '../units.ts';

/** Below this, two boots of the same kernel differ as much. */
const NOTABLE = 1.1;

/** Which of several times stands out. */
interface Slowest {
  readonly column: number;
  /** How many times as long as the quickest. */
  readonly factor: number;
}

/** The longest of times that are parallel to the environments; `undefined` where none is notably longer than the quickest. */
export function slowestOf(times: readonly (Millis | undefined)[]): Slowest | undefined {
  const known = times.filter((time) => time !== undefined);
  const [longest, quickest] = [Math.max(...known), Math.min(...known)];
  if (known.length < 2 || quickest <= 0 || longest < NOTABLE * quickest) return undefined;
  return { column: times.indexOf(longest), factor: longest / quickest };
}

/** `2.0 ×` */
export function describeFactor({ factor }: Slowest): string {
  return `${factor.toFixed(1)} ×`;
}
