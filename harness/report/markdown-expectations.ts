import { describeVerdict } from '../verdict/describe.ts';
import { describeReason } from '../verdict/expected-failure.ts';
import { evidenceLinks } from './markdown-flaky.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { ParityModel, TargetParity } from './model.ts';
import { adviceOn } from './stale-advice.ts';

/** The gaps that are known, with their reasons and what became of each case. */
export function expectedFailuresPart({ gaps, columns }: TargetParity): string[] {
  if (gaps.length === 0) return [];
  const body = gaps.flatMap(({ row, failures }) =>
    failures.map(({ column, result, verdict }) => [
      markdownText(row.suite),
      markdownText(row.case),
      markdownText(columns[column]?.label ?? ''),
      markdownText(describeReason(verdict), 400),
      markdownText(describeVerdict(verdict.actual), 400),
      evidenceLinks(result),
    ]),
  );
  return [
    `### Expected failures (${body.length})`,
    '',
    ...markdownTable(['Suite', 'Case', 'Environment', 'Because', 'Verdict', 'Evidence'], body),
  ];
}

/** The declarations that no longer hold, and what to do about each. */
export function unexpectedPassesPart({ staleExpectations }: ParityModel): string[] {
  if (staleExpectations.length === 0) return [];
  const body = staleExpectations.map((stale) => {
    const { declaration, finding, advice } = adviceOn(stale);
    const cells = [stale.suite, stale.case, finding, declaration, advice].map((text) => markdownText(text, 1_000));
    return [...cells, stale.passes.map(evidenceLinks).join('<br>')];
  });
  return [
    '## Unexpected passes',
    '',
    'Declared to fail, and passed: each fails the run until its declaration is mended.',
    '',
    ...markdownTable(['Suite', 'Case', 'Finding', 'Declared', 'To do', 'Evidence'], body),
  ];
}
