import { describeVerdict } from '../verdict/describe.ts';
import { markdownLink, markdownTable, markdownText } from './markdown-text.ts';
import type { TargetParity } from './model.ts';
import type { CaseResult } from './results.ts';

/** The cases that came out well, but not at once: every attempt, and the evidence of those that did not. */
export function flakyPart({ flaky, columns }: TargetParity): string[] {
  if (flaky.length === 0) return [];
  const body = flaky.map(({ row, column, result }) => [
    markdownText(row.suite),
    markdownText(row.case),
    markdownText(columns[column]?.label ?? ''),
    (result.attempts ?? []).map(({ verdict }) => markdownText(describeVerdict(verdict), 400)).join('<br>'),
    evidenceLinks(result),
  ]);
  return ['### Flaky', '', ...markdownTable(['Suite', 'Case', 'Environment', 'Attempts', 'Evidence'], body)];
}

/** Links to the evidence of a case: of each attempt, where there were several. */
export function evidenceLinks({ evidence, attempts }: CaseResult): string {
  if (!attempts) return evidence === undefined ? '' : markdownLink('evidence', evidence);
  const links = attempts.flatMap((attempt, index) =>
    attempt.evidence === undefined ? [] : [markdownLink(`attempt ${index + 1}`, attempt.evidence)],
  );
  return links.join('<br>');
}
