/** A string stands for itself, anywhere in the text. */
export type TextPattern = string | RegExp;

/** Matches anywhere in a line. The `g` and `y` flags are ignored, because they give a pattern a memory. */
export function compileLinePattern(pattern: TextPattern): RegExp {
  return typeof pattern === 'string' ? new RegExp(escapeRegExp(pattern)) : withoutMemory(pattern);
}

/** Matches at the very end of a text, as a prompt does. Blanks count: `'# '` is not `'#'`. */
export function compileEndPattern(pattern: TextPattern): RegExp {
  const source = typeof pattern === 'string' ? escapeRegExp(pattern) : pattern.source;
  return new RegExp(`(?:${source})$`, flagsOf(pattern).replace('m', ''));
}

/** Matches at the start of a text only. */
export function compileStartPattern(pattern: TextPattern): RegExp {
  const source = typeof pattern === 'string' ? escapeRegExp(pattern) : pattern.source;
  return new RegExp(`^(?:${source})`, flagsOf(pattern).replace('m', ''));
}

/** The same pattern without `g` and `y`: what it finds does not depend on what it was asked before. */
export function withoutMemory(pattern: RegExp): RegExp {
  return pattern.global || pattern.sticky ? new RegExp(pattern.source, flagsOf(pattern)) : pattern;
}

export function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** As an author wrote it: `/^init: ready/`, `"login: "`. */
export function describePattern(pattern: TextPattern): string {
  return typeof pattern === 'string' ? JSON.stringify(pattern) : String(pattern);
}

function flagsOf(pattern: TextPattern): string {
  return typeof pattern === 'string' ? '' : pattern.flags.replace(/[gy]/g, '');
}
