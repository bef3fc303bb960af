import { closestMatch } from 'leven';

/**
 * The house's message for a wrong choice: the field, what it expected, what it got, and the nearest right word.
 * @example expected('network', ['none', 'user'], 'usr') // network: expected "none" | "user", got "usr" (did you mean "user"?)
 */
export function expected(field: string, choices: readonly string[], got: unknown): string {
  const listed = choices.map((choice) => JSON.stringify(choice)).join(' | ');
  const near = typeof got === 'string' ? nearest(got, choices) : undefined;
  return `${field}: expected ${listed}, got ${shown(got)}${near ? ` (did you mean ${JSON.stringify(near)}?)` : ''}`;
}

/** The choice within two edits of `word`, or a third of its length, if any. */
export function nearest(word: string, choices: readonly string[]): string | undefined {
  const maxDistance = Math.max(2, Math.floor(word.length / 3));
  return closestMatch(word.toLowerCase(), choices, { maxDistance });
}

/** A value as a message shows it: JSON, shortened. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  const text = asJson(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** `undefined` for what JSON cannot hold: symbols, big integers, circles. */
function asJson(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
