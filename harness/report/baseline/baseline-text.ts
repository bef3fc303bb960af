import { normalisePlace } from '../../arch/archs.ts';
import { DeclarationError } from '../../errors.ts';
import { expected, shown } from '../../expected.ts';
import { type Baseline, type BaselineEntry, baselineKinds, type Goal, keyOf } from './baseline.ts';
import { formatCaseName, parseCaseName } from './baseline-names.ts';

const FORMAT = '# twinboot-baseline/1';

/** What stands above a new baseline. */
const HEAD = [
  `${FORMAT}: what every case came to, one line each. Commit it; \`twinboot run --baseline FILE --update-baseline\` rewrites it.`,
  '# A case that wavers may be given the word `flaky`. A pass rate to be reached: `goal 90 % aarch64`.',
  '',
];

const MOST_MISTAKES = 8;
/** Wide enough for most words, and the same in every file: a new line leaves the others as they are. */
const WORD_WIDTH = 8;

export const emptyBaseline: Baseline = { head: HEAD, goals: [], entries: new Map(), tail: [] };

/** The baseline as a file, sorted: the same for the same baseline, a line for each case. */
export function formatBaseline({ head, entries, tail }: Baseline): string {
  const lines = [...entries.values()]
    .map((entry) => ({ ...entry, name: formatCaseName(entry) }))
    .sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
    .flatMap(({ comments, kind, name }) => [...comments, `${kind.padEnd(WORD_WIDTH - 1)} ${name}`]);
  return `${[...head, ...lines, ...tail].join('\n')}\n`;
}

/**
 * Reads a baseline, which somebody may have written in, or merged.
 * @throws DeclarationError naming the file and each line that cannot be meant.
 */
export function parseBaseline(text: string, fileName: string): Baseline {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r?\n$/, '')
    .split(/\r?\n/);
  requireFormat(lines[0] ?? '', fileName);
  const reader = new BaselineReader();
  for (const [index, line] of lines.entries()) reader.read(line, index + 1);
  const { mistakes } = reader;
  if (mistakes.length === 0) return reader.baseline;
  const more = mistakes.length - MOST_MISTAKES;
  const told = mistakes.slice(0, MOST_MISTAKES).map(({ line, text }) => `${fileName}:${line}: ${text}`);
  throw new DeclarationError([...told, ...(more > 0 ? [`… and ${more} more`] : [])].join('\n'));
}

function requireFormat(line: string, fileName: string): void {
  if (line === FORMAT || line.startsWith(`${FORMAT}:`)) return;
  const other = /^# (twinboot-baseline\/[^\s:]+)/.exec(line)?.[1];
  throw new DeclarationError(
    other === undefined
      ? `${fileName}:1: no baseline: expected a line that begins with ${JSON.stringify(FORMAT)}, got ${shown(line)}`
      : `${fileName}:1: ${expected('format', [FORMAT.slice(2)], other)}; only baselines of this version can be read`,
  );
}

class BaselineReader {
  readonly mistakes: { readonly line: number; readonly text: string }[] = [];
  readonly #head: string[] = [];
  readonly #goals: Goal[] = [];
  readonly #entries = new Map<string, BaselineEntry>();
  readonly #lines = new Map<string, number>();
  #comments: string[] = [];

  get baseline(): Baseline {
    return { head: this.#head, goals: this.#goals, entries: this.#entries, tail: this.#comments };
  }

  read(text: string, line: number): void {
    const mistake = this.#take(text, line);
    if (mistake !== undefined) this.mistakes.push({ line, text: mistake });
  }

  /** @returns what is wrong with the line. */
  #take(text: string, line: number): string | undefined {
    const [word = ''] = text.trim().split(/\s/);
    if (word === '' || word.startsWith('#')) return this.#keep(text);
    if (/^(<{7}|={7}|>{7}|\|{7})$/.test(word)) return 'a merge conflict that nobody has resolved';
    return word === 'goal' ? this.#addGoal(text, line) : this.#addCase(word, text.trim(), line);
  }

  #keep(text: string): undefined {
    if (this.#entries.size === 0) this.#head.push(text);
    else if (text.trim() !== '') this.#comments.push(text);
  }

  #addGoal(text: string, line: number): string | undefined {
    const match = /^\s*goal\s+(\d{1,3}(?:\.\d+)?)\s*%\s+(\S+)\s*$/.exec(text);
    const percent = Number(match?.[1]);
    const place = match?.[2];
    if (place === undefined || percent > 100)
      return `expected a goal such as "goal 90 % aarch64", got ${shown(text.trim())}`;
    if (this.#entries.size > 0) return 'a goal stands above the first case';
    this.#goals.push({ place: normalisePlace(place), percent, line });
    this.#head.push(text);
    return undefined;
  }

  #addCase(word: string, text: string, line: number): string | undefined {
    const kind = baselineKinds.find((known) => known === word);
    if (!kind) return expected('verdict', [...baselineKinds, 'goal'], word);
    const name = parseCaseName(text.slice(kind.length).trim());
    if (!name) return `expected "${kind} ENVIRONMENT SUITE > CASE", got ${shown(text)}`;
    const key = keyOf(name);
    const before = this.#lines.get(key);
    if (before !== undefined)
      return `${formatCaseName(name)} is there twice, first in line ${before}: keep one of them`;
    this.#lines.set(key, line);
    this.#entries.set(key, { ...name, kind, comments: this.#comments, line });
    this.#comments = [];
    return undefined;
  }
}
