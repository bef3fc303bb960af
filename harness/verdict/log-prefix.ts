import type { Bytes } from '../units.ts';

/** No line that a kernel means to be read is longer; what is looked for in one stands at its beginning. */
const READ: Bytes = 1_000;

/** `[   12.345678]`, `[    T1]`, `[ERROR kernel::panic]`, but not `[<ffffffff81000000>]` or `[ffffffff81000000]`, which are addresses. */
const BRACKETS = /^\s*\[\s*(?!0x|[0-9a-f]{8,}\s*\])(?:\d+\.\d+|[A-Za-z#][\w:.@#() -]{0,60})\s*\]:?/;
const LEVEL = /^<\d>/;
const MOST_BRACKETS = 3;

/** A line of a kernel's log without level, time, CPU and module before it; at most {@link READ} characters of it. Blanks stay. */
export function withoutLogPrefix(line: string): string {
  let text = line.slice(0, READ).replace(LEVEL, '');
  for (let count = 0; count < MOST_BRACKETS; count++) {
    const prefix = BRACKETS.exec(text)?.[0];
    if (prefix === undefined) break;
    text = text.slice(prefix.length).replace(/^ /, '');
  }
  return text;
}
