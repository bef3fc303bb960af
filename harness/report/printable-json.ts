/** What a terminal or an eye takes for something else, and JSON leaves as it is. */
const UNPRINTABLE = /[\u007f-\u009f\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A value as JSON that may be shown on a terminal: what a guest printed moves no cursor and turns no line around. It ends in a line break. */
export function printableJson(value: unknown): string {
  const text = JSON.stringify(value, undefined, 2);
  return `${text.replaceAll(UNPRINTABLE, (character) => character.split('').map(escaped).join(''))}\n`;
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
