import { visible, visibleBlock } from '../lines/visible.ts';

/** Text for an XML attribute, on one line. Markup is left to the builder, which escapes it. */
export function xmlAttribute(text: string): string {
  return visible(text, 2_000);
}

/**
 * Text for a CDATA section. The builder splits the first `]]>` of a text and leaves the others, which then end the section
 * early, and drops characters that XML forbids, so that neither may reach it.
 */
export function xmlBlock(text: string): string {
  return visibleBlock(text).replaceAll(']]>', ']]\\x3e');
}
