/** More than a title needs; the patterns below are quadratic in blanks. */
const READ_CHARS = 1_000;

/**
 * A crash's title as it would read in another boot: timestamps, addresses, CPU ids and numbers removed, so that one cause
 * has one title however often it happens.
 */
export function crashTitle(line: string): string {
  return line
    .slice(0, READ_CHARS)
    .replace(/^\s*(?:\[\s*\d+\.\d+\]\s*)?/, '')
    .replaceAll(/\bcpu\s*#?\s*\d+/gi, 'CPU')
    .replaceAll(/\b0x[0-9a-f]+\b/gi, 'ADDR')
    .replaceAll(/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, 'ADDR')
    .replaceAll(/\b\d+\b/g, 'N')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
}
