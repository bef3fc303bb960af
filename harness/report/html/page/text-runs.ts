import { visible } from '../../../lines/visible.ts';
import { restyled, type TextStyle } from './style-of-text.ts';

/** Text of one style. */
export interface TextRun {
  readonly text: string;
  readonly style: TextStyle;
  /** Stands for a character that would not be seen, or would do something. */
  readonly isEscape: boolean;
}

/** What a terminal swallows: colours, and everything else that begins with CSI or chooses characters. */
const SEQUENCE = /\x1b\[([\x30-\x3f]*)[\x20-\x2f]*([\x40-\x7e])|\x1b[()][0-9A-Za-z]/g;

const TAB = 8;

/**
 * A line of a console cut where its style changes. No run has a character left that a browser or an eye would take for
 * something else: those are made visible. @param style The one before the line.
 */
export function textRuns(line: string, style: TextStyle): TextRun[] {
  const runs: TextRun[] = [];
  let current = style;
  let position = 0;
  for (const { index, 0: sequence, 1: parameters, 2: final } of line.matchAll(SEQUENCE)) {
    runs.push(...visibleRuns(line.slice(position, index), current));
    position = index + sequence.length;
    if (final === 'm') current = restyled(current, parameters ?? '');
  }
  return [...runs, ...visibleRuns(line.slice(position), current)];
}

function visibleRuns(text: string, style: TextStyle): TextRun[] {
  if (text === '') return [];
  const spaced = text.includes('\t') ? expandTabs(text) : text;
  if (visible(spaced, Number.POSITIVE_INFINITY) === spaced) return [{ text: spaced, style, isEscape: false }];
  const runs: { text: string; style: TextStyle; isEscape: boolean }[] = [];
  for (const character of spaced) {
    const shown = visible(character);
    const isEscape = shown !== character;
    const last = runs.at(-1);
    if (last?.isEscape === isEscape) last.text += shown;
    else runs.push({ text: shown, style, isEscape });
  }
  return runs;
}

function expandTabs(text: string): string {
  let line = '';
  for (const [index, part] of text.split('\t').entries()) {
    line += index === 0 ? part : ' '.repeat(TAB - (line.length % TAB)) + part;
  }
  return line;
}
