import type { CountedCalls } from '../evidence/read-probes.ts';
import type { ProbedFunction } from '../trace/function-probes.ts';

/** How often the functions of one probe may be called, together. */
export interface ExpectedCalls {
  /** The symbol or glob, as it was declared. */
  readonly probe: string;
  readonly functions: readonly ProbedFunction[];
  /** Default: any number. */
  readonly min?: number | undefined;
  /** Default: any number. */
  readonly max?: number | undefined;
}

/** What of the expectations does not hold, or cannot be told. */
export function unmetExpectations(
  expected: readonly ExpectedCalls[],
  counted: CountedCalls | undefined,
): readonly string[] {
  const bounded = expected.filter(({ min, max }) => min !== undefined || max !== undefined);
  if (bounded.length === 0) return [];
  if (!counted) return ['the function probes were not read: QEMU did not answer'];
  return [...counted.problems, ...bounded.flatMap((bounds) => unmet(bounds, counted))];
}

function unmet(
  { probe, functions, min = 0, max = Number.POSITIVE_INFINITY }: ExpectedCalls,
  counted: CountedCalls,
): string[] {
  const calls = callsOf(functions, counted);
  return calls >= min && calls <= max ? [] : [`${probe}: expected ${boundsText(min, max)}, saw ${calls}`];
}

/** The calls of all of a probe's functions. */
function callsOf(functions: readonly ProbedFunction[], counted: CountedCalls): number {
  const addresses = new Set(functions.map(({ address }) => address));
  return counted.functions.reduce((sum, { address, calls }) => (addresses.has(address) ? sum + calls : sum), 0);
}

function boundsText(min: number, max: number): string {
  if (min === max) return numbered(min);
  if (max === Number.POSITIVE_INFINITY) return `at least ${numbered(min)}`;
  return min === 0 ? `at most ${numbered(max)}` : `${min} to ${numbered(max)}`;
}

function numbered(calls: number): string {
  return `${calls} ${calls === 1 ? 'call' : 'calls'}`;
}

/** A reading without the functions that only other cases of the suite ask for. */
export function ownCalls(
  expected: readonly ExpectedCalls[],
  counted: CountedCalls | undefined,
): CountedCalls | undefined {
  if (!counted) return undefined;
  const own = new Set(expected.flatMap(({ functions }) => functions.map(({ address }) => address)));
  return { ...counted, functions: counted.functions.filter(({ address }) => own.has(address)) };
}
