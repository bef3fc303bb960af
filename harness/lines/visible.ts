/** Control, format (bidi overrides, zero-width), surrogate and separator characters, and the two that no XML document may hold. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{fffe}\u{ffff}]/u;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * A guest's text made safe to print anywhere: what a terminal, an XML parser or a reader's eye would take for something
 * else becomes a visible escape (`\x1b`, `\u202e`), line breaks included. Never longer than `maxLength` UTF-16 units; a
 * longer text ends in an ellipsis, and no escape is cut in two.
 */
export function visible(text: string, maxLength = 300): string {
  if (text.length <= maxLength && !INVISIBLE.test(text)) return text;
  let whole = '';
  let fitsBesideEllipsis = '';
  for (const character of text) {
    whole += INVISIBLE.test(character) ? escapeOf(character) : character;
    if (whole.length > maxLength) return `${fitsBesideEllipsis}…`;
    if (whole.length < maxLength) fitsBesideEllipsis = whole;
  }
  return whole;
}

/** Text of several lines on one, made {@link visible}. */
export function visibleLine(text: string, maxLength?: number): string {
  const lines = text.split('\n').map((line) => line.trim());
  return visible(lines.filter((line) => line !== '').join(' / '), maxLength);
}

/** Like {@link visible}, but line breaks stay line breaks. */
export function visibleBlock(text: string, maxLength = 20_000): string {
  const shortened = text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
  return shortened
    .split(/\r?\n/)
    .map((line) => visible(line, Number.POSITIVE_INFINITY))
    .join('\n');
}

function escapeOf(character: string): string {
  const named = NAMED[character];
  if (named) return named;
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  if (hex.length <= 2) return `\\x${hex.padStart(2, '0')}`;
  return hex.length <= 4 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
}
