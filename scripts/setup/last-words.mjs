const CONTEXT_LINES = 6;

/** The part of a failed program's output that says why: apt's, dpkg's and npm's own error lines, otherwise the end. */
export function lastWords(words) {
  const lines = words.split('\n').map((line) => line.trimEnd());
  // The first errors are the cause, and those after them its consequences.
  const errors = lines.filter((line) => /^(?:E:|W: Failed|dpkg\S*:|npm error \S)/.test(line)).slice(0, CONTEXT_LINES);
  const telling = errors.length > 0 ? errors : lines.slice(-CONTEXT_LINES);
  return telling.map((line) => `  ${line}`).join('\n');
}
