import { visible } from '../../../lines/visible.ts';

/** A fact as `verdict.txt` has it: its name in eleven columns, then what it is. */
const FACT = /^ {2}(.{11}) (.*)$/;

/** What the page says of a case elsewhere. */
const KNOWN = new Set(['case', 'proves', 'subtest', 'note', 'evidence', 'reproduce']);

/**
 * The facts in a verdict's text that the results do not have: last words, faults, where the vCPUs are. Made visible once more:
 * a file of the evidence may be anybody's.
 */
export function foundFacts(verdict: string): { readonly name: string; readonly value: string }[] {
  return verdict.split('\n').flatMap((line) => {
    const [, name = '', value = ''] = FACT.exec(line) ?? [];
    return value === '' || KNOWN.has(name.trim()) ? [] : [{ name: visible(name.trim()), value: visible(value, 1_000) }];
  });
}
