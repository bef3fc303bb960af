/** How a terminal would show text: Select Graphic Rendition, ECMA-48 8.3.117. Colours: 0 to 15 of the palette, or `#rrggbb`. */
export interface TextStyle {
  readonly foreground?: number | string;
  readonly background?: number | string;
  readonly bold?: true;
  readonly faint?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

export const PLAIN: TextStyle = {};

type Flag = 'bold' | 'faint' | 'italic' | 'underline' | 'inverse';

const ON: Readonly<Record<number, Flag>> = { 1: 'bold', 2: 'faint', 3: 'italic', 4: 'underline', 7: 'inverse' };
const OFF: Readonly<Record<number, readonly Flag[]>> = {
  22: ['bold', 'faint'],
  23: ['italic'],
  24: ['underline'],
  27: ['inverse'],
};

/** The style after `ESC [ parameters m`. What is not known changes nothing. */
export function restyled(style: TextStyle, parameters: string): TextStyle {
  const codes = parameters.split(/[;:]/).map(Number);
  let next = style;
  for (let index = 0; index < codes.length; index++) {
    const code = codes[index] ?? 0;
    if (code === 38 || code === 48) {
      const { colour, length } = extendedColour(codes.slice(index + 1, index + 5));
      if (colour !== undefined) next = { ...next, [code === 38 ? 'foreground' : 'background']: colour };
      index += length;
    } else next = withCode(next, code);
  }
  return next;
}

function withCode(style: TextStyle, code: number): TextStyle {
  const flag = ON[code];
  if (code === 0) return PLAIN;
  if (flag) return { ...style, [flag]: true };
  if (OFF[code]) return without(style, OFF[code]);
  if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
  if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
  if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
  if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
  if (code === 39) return without(style, ['foreground']);
  if (code === 49) return without(style, ['background']);
  return style;
}

function without(style: TextStyle, names: readonly (keyof TextStyle)[]): TextStyle {
  const rest = Object.entries(style).filter(([name]) => !names.includes(name as keyof TextStyle));
  return rest.length === 0 ? PLAIN : Object.fromEntries(rest);
}

/** `5;n` of 256 colours, or `2;r;g;b`. */
function extendedColour([how, ...values]: readonly number[]): { colour?: number | string; length: number } {
  const [a = 0, b = 0, c = 0] = values;
  if (how === 2) return { colour: hex([a, b, c]), length: 4 };
  if (how === 5) return { colour: a < 16 ? a : hex(cubeColour(a)), length: 2 };
  return { length: 0 };
}

/** Above the 16: a cube of six steps each, then greys. */
function cubeColour(index: number): number[] {
  if (index >= 232) return Array(3).fill(8 + 10 * (index - 232));
  const step = (value: number) => (value === 0 ? 0 : 55 + 40 * value);
  const place = index - 16;
  return [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6].map(step);
}

function hex(values: readonly number[]): string {
  const pair = (value: number) => (Math.min(255, Math.max(0, value)) | 0).toString(16).padStart(2, '0');
  return `#${values.map(pair).join('')}`;
}
