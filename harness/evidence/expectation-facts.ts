import { visible } from '../lines/visible.ts';
import { describeExpectation } from '../verdict/expected-failure.ts';
import type { Finding } from './verdict-text.ts';

/** Of a case that passed where it is declared to fail: what to delete, and where. Nothing of any other. */
export function expectationFacts({
  verdict,
  case: name,
  file,
  environment,
}: Pick<Finding, 'verdict' | 'case' | 'file' | 'environment'>): [name: string, value: string][] {
  if (verdict.kind !== 'unexpected-pass') return [];
  // One place that is named leaves none where it may still fail, unless several targets or profiles share it.
  const elsewhere =
    verdict.on?.length === 1
      ? []
      : [`where it still fails, if anywhere but on ${environment}: name that in its "on" instead`];
  return [
    ['delete', describeExpectation(verdict)],
    ['from', `${JSON.stringify(visible(name))} in ${visible(file)}`],
    ...elsewhere.map((text): [string, string] => ['or', text]),
  ];
}
