import { evidenceLinks } from '../markdown-flaky.ts';
import { markdownTable, markdownText } from '../markdown-text.ts';
import type { BaselineOutcome } from './baseline-file.ts';
import { type Change, changeKinds } from './comparison.ts';
import {
  changeTitles,
  describeChange,
  describeChanges,
  describeNotAsked,
  describeProgress,
  describeUpdate,
} from './comparison-words.ts';

/** A step summary holds a megabyte. */
const MOST = 200;

/** A run against a baseline, as a part of a page beside results.json. */
export function comparisonMarkdown(outcome: BaselineOutcome): string[] {
  const { comparison, file } = outcome;
  const rates = comparison.progress.map((progress) => [
    markdownText(progress.place),
    markdownText(describeProgress(progress)),
  ]);
  const ends = [describeNotAsked(comparison), describeUpdate(outcome)].filter((line) => line !== undefined);
  return [
    `## Against ${markdownText(file)}`,
    '',
    `**${markdownText(describeChanges(comparison), 1_000)}**`,
    ...comparison.reservations.flatMap((line) => ['', `> **${markdownText(line, 1_000)}**`]),
    ...(rates.length > 0 ? ['', ...markdownTable(['Where', 'Pass rate'], rates)] : []),
    ...changeKinds.flatMap((kind) => {
      const changes = comparison.changes.filter(({ change }) => change === kind);
      return changes.length === 0 ? [] : ['', `### ${changeTitles[kind]}`, '', ...changeTable(changes)];
    }),
    ...ends.flatMap((line) => ['', markdownText(line, 1_000)]),
  ];
}

function changeTable(changes: readonly Change[]): string[] {
  const body = changes
    .slice(0, MOST)
    .map((change) => [
      markdownText(change.suite),
      markdownText(change.case),
      markdownText(change.environment),
      markdownText(describeChange(change), 400),
      change.result ? evidenceLinks(change.result) : '',
    ]);
  const more = changes.length - body.length;
  return [
    ...markdownTable(['Suite', 'Case', 'Environment', 'What', 'Evidence'], body),
    ...(more > 0 ? ['', `… and ${more} more.`] : []),
  ];
}
