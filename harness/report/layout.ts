/** Columns of a terminal that a text takes. Names are short and mostly ASCII: a code point is one column. */
export function widthOf(text: string): number {
  let width = 0;
  for (const _ of text) width += 1;
  return width;
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - widthOf(text))) + text;
}

/** The text in lines of at most `width` columns, all indented. A word that is longer stays whole, so that a path can be copied, and a unit stays with its number. */
export function wrap(text: string, indent: number, width: number): string[] {
  const room = width - indent;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ (?![%×])/)) {
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((content) => ' '.repeat(indent) + content);
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** `1 case`, `2 cases`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** `1 case fails as expected`, `2 cases fail as expected`. */
export function failAsExpected(count: number): string {
  return `${counted(count, 'case')} ${count === 1 ? 'fails' : 'fail'} as expected`;
}

/** Each text after its label, or the one text that all of them share. */
export function labelled(texts: readonly string[], labels: readonly string[]): string[] {
  if (new Set(texts).size === 1) return texts.slice(0, 1);
  return texts.map((text, index) => `${labels[index] ?? ''}${text}`);
}

/** Splits a list so that the widths in each part, together with `first`, keep within `width`. A part has at least one. */
export function bands<T>(items: readonly T[], widthOfItem: (item: T) => number, width: number): T[][] {
  const parts: T[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = widthOfItem(item);
    const current = parts.at(-1);
    if (current && needed <= room) {
      current.push(item);
      room -= needed;
    } else {
      parts.push([item]);
      room = width - needed;
    }
  }
  return parts;
}
