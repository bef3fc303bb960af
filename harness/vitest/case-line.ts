import { readFileSync } from 'node:fs';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** What vitest knows of where a test was declared; see `includeTaskLocation`. */
interface Declared {
  readonly location?: { readonly line: number } | undefined;
  readonly suite?: Declared | undefined;
}

/**
 * The line of a suite file on which a case is declared, from 1: of a test written as code that of its call, of a case in a
 * table that of its name, and where the name cannot be found (it is computed, say) that of the table's `defineSuite`.
 * @param file Absolute.
 * @returns `undefined` when nobody knows.
 */
export function caseLine(task: Declared, file: string, title: string): number | undefined {
  const own = task.location?.line;
  if (own !== undefined) return own;
  const table = callOf(task.suite);
  return table === undefined ? undefined : lineOfName(linesOf(file), title, table);
}

/** vitest calls a suite's function when the call itself is long over, so that only the suite knows its place. */
function callOf(suite: Declared | undefined): number | undefined {
  return suite && (suite.location?.line ?? callOf(suite.suite));
}

/** The first line, from `table` on, with the name as a key, or as the `name` of a stage; else `table` itself. */
export function lineOfName(lines: readonly string[], title: string, table: number): number {
  const spellings = ["'", '"', '`'].map((quote) => quoted(title, quote));
  const keys = IDENTIFIER.test(title) ? [...spellings, `(?<![\\w$])${escaped(title)}`] : spellings;
  const declaration = new RegExp(`(?:${keys.join('|')})\\s*:|(?<![\\w$])name\\s*:\\s*(?:${spellings.join('|')})`);
  const index = lines.findIndex((line, at) => at >= table - 1 && declaration.test(line));
  return index === -1 ? table : index + 1;
}

function quoted(title: string, quote: string): string {
  const literal = title.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\n', '\\n');
  return escaped(`${quote}${literal}${quote}`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

const sources = new Map<string, readonly string[]>();

/** A worker asks for each case of the one file that it runs. */
function linesOf(file: string): readonly string[] {
  const known = sources.get(file) ?? readLines(file);
  sources.set(file, known);
  return known;
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return []; // It was moved while it ran: nothing that a verdict should depend on.
  }
}
