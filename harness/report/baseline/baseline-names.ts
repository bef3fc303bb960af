import type { CaseName } from './baseline.ts';

/** What an eye, an editor or a terminal would take for something else; the backslash begins an escape. */
const ESCAPED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\\]|^ | $|(?! )\p{Zs}/gu;
const EMPTY = '\\-';
/** Where it would be taken for the one between suite and case. */
const SEPARATOR = /(?<=^| )>(?= |$)/g;

/**
 * `linux/x86_64 signals > alarm() fires`: the case on one line, whatever its names hold, so that {@link parseCaseName} gives
 * them back. The second case of one name ends in `\#2`.
 */
export function formatCaseName({ environment, suite, case: name, occurrence }: CaseName): string {
  const place = escaped(environment).replaceAll(' ', hex(' '));
  const nth = occurrence === 0 ? '' : ` \\#${occurrence + 1}`;
  return `${place} ${escaped(suite).replaceAll(SEPARATOR, '\\>')} > ${escaped(name)}${nth}`;
}

/** The case that {@link formatCaseName} wrote; `undefined` when the text is none. */
export function parseCaseName(text: string): CaseName | undefined {
  const match = /^(?<environment>[^ ]+) +(?<suite>\S(?:.*?\S)??) > (?<name>.*?)(?: \\#(?<nth>[1-9]\d{0,5}))?$/su.exec(
    text,
  );
  if (!match?.groups) return undefined;
  const { environment = '', suite = '', name = '', nth = '1' } = match.groups;
  const [first, second, third] = [environment, suite, name].map(unescaped);
  if (first === undefined || second === undefined || third === undefined || name === '') return undefined;
  return { environment: first, suite: second, case: third, occurrence: Number(nth) - 1 };
}

function escaped(text: string): string {
  return text === '' ? EMPTY : text.replaceAll(ESCAPED, (character) => (character === '\\' ? '\\\\' : hex(character)));
}

function hex(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}

function unescaped(text: string): string | undefined {
  if (text === EMPTY) return '';
  const plain = text.replaceAll(/\\(?:u\{(?<code>[0-9a-f]{1,6})\}|(?<itself>[\\>]))/g, (...match) => {
    const { code, itself } = match.at(-1) as { readonly code?: string; readonly itself?: string };
    return code === undefined ? (itself ?? '') : characterOf(code);
  });
  return hasStrayBackslash(text) ? undefined : plain;
}

function characterOf(code: string): string {
  const point = Number.parseInt(code, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : '\ufffd';
}

function hasStrayBackslash(text: string): boolean {
  return text.replaceAll(/\\(?:u\{[0-9a-f]{1,6}\}|[\\>])/g, '').includes('\\');
}
