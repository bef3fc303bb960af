import stripAnsi from 'strip-ansi';

/** What is left of a sequence that its line ends in the middle of: `ESC`, `ESC [ 1 ;`, `ESC (`. */
const UNFINISHED_SEQUENCE = /(?:\x1b\[|\x9b)[\x30-\x3f]*[\x20-\x2f]*$|\x1b[\x20-\x2f]*$/;

/** A window title or another control string whose terminator has not come yet, with its payload. */
const UNFINISHED_CONTROL_STRING = /(?:\x1b[\]PX^_k]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x80-\x9f]*\x1b?$/;

/** The introducer of a control string that never ended, or an ESC that introduces nothing. */
const STRAY_INTRODUCER = /\x1b[\]PX^_k]?|[\x90\x98\x9b\x9d-\x9f]/g;

const INTRODUCERS = /[\x1b\x90\x98\x9b\x9d-\x9f]/;

/**
 * The text of a whole line without terminal escape sequences. Of a control string that never ends only the introducer
 * is removed: a stray `ESC ]` must not hide the panic message behind it. The time is linear in the length.
 */
export function stripEscapes(text: string): string {
  if (!INTRODUCERS.test(text)) return text;
  return stripAnsi(text).replace(UNFINISHED_SEQUENCE, '').replace(STRAY_INTRODUCER, '');
}

/** As {@link stripEscapes}, for a line that goes on: the payload of an unfinished control string is not text yet. */
export function stripEscapesSoFar(text: string): string {
  if (!INTRODUCERS.test(text)) return text;
  return stripEscapes(stripAnsi(text).replace(UNFINISHED_CONTROL_STRING, ''));
}
