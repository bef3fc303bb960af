import { createHash } from 'node:crypto';
import { encodeValue } from './encode.ts';
import type { PageAssets } from './page-assets.ts';
import type { ReportDocument } from './report-document.ts';

/**
 * The report as one file that needs no other: the page's script and style, and the data as elements that no browser runs.
 * A policy in it allows that script alone, and no request at all.
 * @param blocks The files of each folder of evidence, as {@link encodeBlock} has them.
 * @returns the file in pieces, for together they may be long.
 */
export function renderHtml(
  document: ReportDocument,
  blocks: readonly string[],
  { script, style }: PageAssets,
): string[] {
  const policy = [
    `default-src 'none'`,
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
  return [
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">\n`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
    '<meta name="color-scheme" content="light dark">\n',
    `<title>${escapeHtml(document.title)}</title>\n<style>${style}</style>\n</head>\n<body>\n`,
    `<div id="page"><p class="loading">${escapeHtml(`${document.title}. ${document.summary.text}.`)}</p></div>\n`,
    '<noscript><p>This report needs a script, which stands in this file, to be shown.</p></noscript>\n',
    dataElement('report', encodeValue(document)),
    ...blocks.map((block, index) => (block === '' ? '' : dataElement(`evidence-${index}`, block))),
    `<script>${script}</script>\n</body>\n</html>\n`,
  ];
}

/** Base64 has no character that could end the element. */
function dataElement(id: string, base64: string): string {
  return `<script type="application/octet-stream" id="${id}">${base64}</script>\n`;
}

function hashOf(content: string): string {
  return `'sha256-${createHash('sha256').update(content, 'utf8').digest('base64')}'`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
