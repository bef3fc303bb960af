/** A TCP sequence number: an unsigned 32-bit integer that wraps around. */
export type Sequence = number;

/** `sequence` moved by `count`, which may be negative. */
export function advance(sequence: Sequence, count: number): Sequence {
  return (sequence + count) >>> 0;
}

/** How far `to` lies after `from`; negative when it lies before. Exact within half of the sequence space. */
export function distance(from: Sequence, to: Sequence): number {
  return (to - from) | 0;
}
