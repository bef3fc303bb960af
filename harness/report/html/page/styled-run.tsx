import type { TextStyle } from './style-of-text.ts';
import type { TextRun } from './text-runs.ts';

/** Text in its colours. What stands for a character that cannot be seen looks unlike all others. */
export function StyledRun({ run }: { readonly run: TextRun }) {
  const { text, style, isEscape } = run;
  const { className, colours } = lookOf(style);
  if (!isEscape && className === '' && !colours) return text;
  return (
    <span class={`${isEscape ? 'escape ' : ''}${className}`} {...(colours ? { style: colours } : {})}>
      {text}
    </span>
  );
}

function lookOf(style: TextStyle) {
  const { bold, faint, italic, underline, inverse } = style;
  const [front, back] = inverse
    ? [style.background ?? 'back', style.foreground ?? 'front']
    : [style.foreground, style.background];
  const names = { bold, faint, italic, underline };
  const classes = Object.entries(names).flatMap(([name, isOn]) => (isOn ? [`t-${name}`] : []));
  const isColoured = front !== undefined || back !== undefined;
  return {
    className: classes.join(' '),
    colours: isColoured ? coloursOf(front, back) : undefined,
  };
}

/** Text with a background of its own looks the same in both schemes: only so is it known to be readable. */
const BACKS = [
  ...['#24292f', '#b4232c', '#1a7437', '#8a5a00', '#0b5fc4', '#8a3ab9', '#0f7a83', '#c0c6cc'],
  ...['#57606a', '#c92a35', '#1f7f3d', '#946300', '#1a69cf', '#9645c5', '#11808a', '#ffffff'],
];
const FRONTS = [
  ...['#000000', '#ffb3ad', '#9bf0ae', '#ffdf8a', '#b5d8ff', '#ecd6ff', '#a8f0f5', '#e0e0e0'],
  ...['#444c56', '#ffc9c5', '#b9f6c7', '#ffe9ad', '#cde5ff', '#f3e5ff', '#c6f6fa', '#ffffff'],
];
const LIGHT_BACKS = new Set([7, 15]);

type Colour = number | string | undefined;

function coloursOf(front: Colour, back: Colour) {
  if (typeof back !== 'number') return { color: colourOf(front), backgroundColor: colourOf(back) };
  const isLight = LIGHT_BACKS.has(back);
  const plain = isLight ? '#000000' : '#ffffff';
  const color = typeof front === 'number' ? (isLight ? BACKS : FRONTS)[front] : (colourOf(front) ?? plain);
  return { color, backgroundColor: BACKS[back] };
}

function colourOf(colour: Colour): string | undefined {
  if (colour === undefined) return undefined;
  if (typeof colour === 'string' && colour.startsWith('#')) return colour;
  return `var(--ansi-${colour})`;
}
