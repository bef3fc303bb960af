/** Ways to set off a text on a terminal; each returns it unchanged where colour is not wanted. */
export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

export function palette(colour: boolean): Palette {
  const sgr = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { good: sgr(32), bad: sgr(31), warn: sgr(33), strong: sgr(1), faint: sgr(2) };
}

/** Colour is for terminals, and not for those who do not want it (https://no-color.org). */
export function wantsColour({ isTTY }: { readonly isTTY?: boolean }, { NO_COLOR } = process.env): boolean {
  return isTTY === true && (NO_COLOR ?? '') === '';
}
