import type { LogLines } from './log-lines.ts';

const MOST = 10_000;

/** The rows that hold a text, upper and lower case of ASCII being the same; the first ten thousand of them. */
export function rowsWith(lines: LogLines, text: string): number[] {
  const wanted = new TextEncoder().encode(text).map(folded);
  const { bytes } = lines;
  const [first] = wanted;
  const rows: number[] = [];
  if (first === undefined) return rows;
  for (let at = 0; at <= bytes.length - wanted.length && rows.length < MOST; at++) {
    if (folded(bytes[at] as number) !== first || !matchesAt(bytes, at, wanted)) continue;
    const row = lines.rowAt(at);
    rows.push(row);
    at = lines.lastByteOf(row);
  }
  return rows;
}

function matchesAt(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let index = 1; index < wanted.length; index++) {
    if (folded(bytes[at + index] as number) !== wanted[index]) return false;
  }
  return true;
}

function folded(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte;
}
