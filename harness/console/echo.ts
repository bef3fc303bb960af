import type { Line } from '../lines/line.ts';
import type { GuestConsole } from './guest-console.ts';

/** A typed line comes back behind the prompt. */
export interface TypedText {
  readonly text: string;
  /** Prompts that may stand before a piece of it: the old one, and the one for the rest of a command. */
  readonly prompts: readonly string[];
  /** What a line ends with after which no echo comes. Without it, the first line that is not an echo ends the echo. */
  readonly until?: string;
}

/**
 * Tells which lines are the echo of a typed text, asked for each line once, in order. A line editor cuts the echo at the
 * width of the terminal, so a piece of the text is an echo, too, as long as nothing else has come.
 */
export function recogniseEcho({ text, prompts, until }: TypedText): (line: Line) => boolean {
  let isOver = false;
  return (line) => {
    if (isOver) return false;
    const prompt = prompts.find((candidate) => candidate !== '' && line.text.startsWith(candidate)) ?? '';
    const isEcho = text.includes(line.text.slice(prompt.length).trim());
    isOver = until === undefined ? !isEcho : line.text.endsWith(until);
    return isEcho && !isOver;
  };
}

/** Hands over each line from now on that is not the echo of the typed text. @returns what ends it. */
export function hearBeyondEcho(
  console: GuestConsole,
  typed: TypedText,
  hear: ((line: Line) => void) | undefined,
): () => void {
  if (!hear) return () => {};
  const isEcho = recogniseEcho(typed);
  const accept = (line: Line) => {
    if (!isEcho(line)) hear(line);
  };
  return console.subscribe({ accept });
}
