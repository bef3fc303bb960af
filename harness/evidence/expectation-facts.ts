import { visible } from '../lines/visible.ts';
import { describeExpectation } from '../verdict/expected-failure.ts';
import type { Finding } from './verdict-text.ts';

/** Of a case that passed where it is declared to fail: what to delete, and where. Nothing of any other. */
export function expectationFacts({
  verdict,
  case: name,
  file,
}: Pick<Finding, 'verdict' | 'case' | 'file'>): [name: string, value: string][] {
  if (verdict.kind !== 'unexpected-pass') return [];
  const facts: [string, string][] = [
    ['delete', describeExpectation(verdict)],
    ['from', `${JSON.stringify(visible(name))} in ${visible(file)}`],
  ];
  // Here only one environment is known. What became of the others, the report tells in the end.
  if (verdict.on?.length !== 1)
    facts.push(['unless', 'it still fails elsewhere: then let its "on" name where it does']);
  return facts;
}
