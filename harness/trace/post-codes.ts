import type { Millis } from '../units.ts';

/** The parts of a guest's software that write codes to port 0x80, in the order of a boot, with the last code of each. */
const RANGES = [
  ['firmware', 0x1f],
  ['bootloader', 0x3f],
  ['kernel', 0x5f],
  ['userspace', 0x7f],
  ['custom', 0xff],
] as const satisfies readonly (readonly [string, number])[];

export type PostRange = (typeof RANGES)[number][0];

export const postRanges = RANGES.map(([range]) => range) as [PostRange, ...PostRange[]];

/** A code that a guest wrote, and when it first did. */
export interface PostCode {
  /** 0 to 255. */
  readonly code: number;
  readonly range: PostRange;
  /** Since the machine's start. */
  readonly atMs: Millis;
}

/** How long one part of the guest's software took. */
export interface RangeTime {
  readonly range: PostRange;
  /** When its first code was written. */
  readonly atMs: Millis;
  /** From each of its codes to the next code, whosever that is. The last code of all leads nowhere. */
  readonly tookMs: Millis;
}

/** @param code 0 to 255. */
export function postRangeOf(code: number): PostRange {
  for (const [range, last] of RANGES) if (code <= last) return range;
  return 'custom';
}

/** The ranges that appear among codes, in the order in which they began. */
export function rangeTimes(codes: readonly PostCode[]): RangeTime[] {
  const times = new Map<PostRange, RangeTime>();
  const inOrder = [...codes].sort((a, b) => a.atMs - b.atMs);
  for (const [index, { range, atMs }] of inOrder.entries()) {
    const known = times.get(range) ?? { range, atMs, tookMs: 0 };
    times.set(range, { ...known, tookMs: known.tookMs + ((inOrder[index + 1]?.atMs ?? atMs) - atMs) });
  }
  return [...times.values()];
}

/** `0x4a`: as its author wrote it. */
export function formatCode(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}
