import { visible, visibleLine } from '../lines/visible.ts';

/**
 * Foreign text as Markdown that shows exactly that text, on one line, also inside a table: no emphasis, code, HTML, link,
 * mention, issue reference, emoji or formula comes out of it.
 */
export function markdownText(text: string, maxLength?: number): string {
  return visibleLine(text, maxLength)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]|~$]|(?<![a-z0-9])_|_(?![a-z0-9])|[#@](?=\w)|:(?=[\w+-]+:|\/\/)/gi, '\\$&');
}

/** Foreign text inside HTML that Markdown does not look into, such as a `<summary>`. */
export function htmlText(text: string): string {
  return visibleLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A link to a file beside the page. */
export function markdownLink(title: string, path: string): string {
  const address = encodeURI(visible(path, 1_000)).replaceAll(
    /[()#?]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  return `[${markdownText(title)}](./${address})`;
}

/** Cells are Markdown already. */
export function markdownTable(head: readonly string[], body: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)];
}
