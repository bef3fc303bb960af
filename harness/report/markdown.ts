import { formatCode } from '../trace/post-codes.ts';
import { formatMillis, type Millis } from '../units.ts';
import type { BaselineOutcome } from './baseline/baseline-file.ts';
import { comparisonMarkdown } from './baseline/comparison-markdown.ts';
import { describeChanges } from './baseline/comparison-words.ts';
import { counted, failAsExpected, listed } from './layout.ts';
import { expectedFailuresPart, unexpectedPassesPart } from './markdown-expectations.ts';
import { causesPart, differencesPart, floorsPart } from './markdown-failures.ts';
import { flakyPart } from './markdown-flaky.ts';
import { interruptsPart } from './markdown-interrupts.ts';
import { matrixPart, notesPart, skipsPart } from './markdown-matrix.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { ParityModel, TargetParity } from './model.ts';
import { percent } from './percent.ts';
import type { RunPart } from './results.ts';
import { describeIncomplete, describeShard } from './run-words.ts';
import { describeFactor, slowestOf } from './slowest.ts';
import { describeAbsentOracle, describeTarget } from './summary.ts';
import { describeTally, type Tally } from './tally.ts';

/** The parity report as a page in GitHub's Markdown, for a CI step summary or beside results.json, whose folder its links are relative to. */
export function renderMarkdown(model: ParityModel, baseline?: BaselineOutcome): string {
  const parts = [
    ['# Parity report'],
    reservationsPart(model),
    quotePart(model, baseline),
    runPart(model),
    baseline ? comparisonMarkdown(baseline) : [],
    ...model.targets.flatMap(targetParts),
    unexpectedPassesPart(model),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

/** What a person would quote. */
function quotePart({ targets }: ParityModel, baseline: BaselineOutcome | undefined): string[] {
  const lines = targets.map((target) => `- **${markdownText(describeTarget(target), 2_000)}**`);
  if (!baseline) return lines;
  const changes = `Against ${baseline.file}: ${describeChanges(baseline.comparison)}`;
  return [...lines, `- ${markdownText(changes, 1_000)}`];
}

/** Why the report may not be the whole truth. */
function reservationsPart({ run, flaky }: ParityModel): string[] {
  const { filter, notices = [], faults = [], scope } = run;
  const { what, so } = describeIncomplete(run);
  const lines = [
    ...(run.complete ? [] : [`> **${what}**: ${so}.`]),
    ...faults.map((fault) => `> **${markdownText(fault, 1_000)}**`),
    ...(scope?.shard ? [`> ${describeShard(scope.shard)}`] : []),
    ...(filter ? [`> Only what matches ${listed(filter.map((word) => markdownText(word)))} was run.`] : []),
    ...(flaky > 0 ? [`> **Flaky: ${counted(flaky, 'case')}** did not pass at the first attempt.`] : []),
    ...notices.map((notice) => `> ${markdownText(notice, 1_000)}`),
  ];
  return lines.flatMap((line, index) => (index === 0 ? [line] : ['', line]));
}

function runPart({ run, tally }: ParityModel): string[] {
  return [
    `${describeTally(tally)} in ${formatMillis(run.durationMs)}, begun ${markdownText(run.startedAt)}.`,
    ...(run.parts ? partsTable(run.parts) : [`Run ${markdownText(run.id)}, ${describeHost(run)}.`]),
  ];
}

function describeHost({ harness, host }: Pick<RunPart, 'harness' | 'host'>): string {
  const qemu = Object.entries(host.qemu).map(([arch, version]) => `${markdownText(version)} (${markdownText(arch)})`);
  return `Twinboot ${markdownText(harness)}, ${markdownText(host.os)}, ${host.cpus} CPUs, Node ${markdownText(host.node)}, QEMU ${listed(qemu) || 'unknown'}`;
}

/** The runs that were merged. */
function partsTable(parts: readonly RunPart[]): string[] {
  const body = parts.map((part) => [
    markdownText(part.id),
    (part.scope?.asked ?? []).map((id) => markdownText(id)).join('<br>'),
    part.scope?.shard ? `${part.scope.shard.index}/${part.scope.shard.count}` : 'all',
    part.complete ? formatMillis(part.durationMs) : `**cut short** after ${formatMillis(part.durationMs)}`,
    markdownText(part.startedAt),
    describeHost(part),
  ]);
  return ['', ...markdownTable(['Run', 'Environments', 'Shard', 'Took', 'Begun', 'Host'], body)];
}

function targetParts(target: TargetParity): string[][] {
  return [
    [`## ${markdownText(target.target)}`],
    summaryPart(target),
    agreementPart(target),
    describeAbsentOracle(target).map((line) => `> ${markdownText(line)}`),
    inventoryPart(target),
    ...matrixPart(target),
    ...differencesPart(target),
    floorsPart(target),
    causesPart(target),
    machinesPart(target),
    ...timelineParts(target),
    ...portTimelineParts(target),
    interruptsPart(target),
    flakyPart(target),
    expectedFailuresPart(target),
    skipsPart(target),
    notesPart(target),
  ];
}

function summaryPart({ columns }: TargetParity): string[] {
  const head = [
    'Environment',
    'Accelerator',
    'Cases',
    'Executed',
    'Passed',
    'Pass rate',
    'Expected failures',
    'Missing',
    'Skipped',
    'Errors',
  ];
  const body = columns.map(({ label, accelerator, tally }) => {
    const { byKind, cases, executed, passed } = tally;
    const counts = [
      cases,
      executed,
      passed,
      percent(passed, executed),
      byKind['expected-failure'],
      byKind.missing,
      byKind.skip,
      byKind.error,
    ];
    return [markdownText(label), markdownText(accelerator), ...counts.map(String)];
  });
  return [...markdownTable(head, body), '', 'The pass rate is of the cases executed.'];
}

function agreementPart({ agreement }: TargetParity): string[] {
  if (!agreement || agreement.cases === 0) return [];
  const { same, cases, asExpected } = agreement;
  const gaps = asExpected > 0 ? ` ${failAsExpected(asExpected)}.` : '';
  return [
    `**Parity ${percent(same, cases)}**: ${same} of ${cases} cases have the same kind of verdict in every environment.${gaps}`,
  ];
}

function machinesPart({ machineDifferences, columns }: TargetParity): string[] {
  if (machineDifferences.length === 0) return [];
  const body = machineDifferences.map(({ field, values }) => [field, ...values].map((text) => markdownText(text)));
  const why = 'No kernel fix will change what follows from these.';
  return ['### Machine differences', '', why, '', ...markdownTable(['Field', ...labels({ columns })], body)];
}

function inventoryPart({ suites, columns }: TargetParity): string[] {
  const gapHead = columns.length > 1 ? ['Gap'] : [];
  const lineOf = (name: string, tallies: readonly Tally[]) => [
    name,
    ...tallies.map(({ existing, passed }) => `${existing} (${passed} pass)`),
    ...gapHead.map(() => describeGap(tallies, columns)),
  ];
  const body = suites.map(({ suite, cells }) =>
    lineOf(
      markdownText(suite),
      cells.map(({ tally }) => tally),
    ),
  );
  const total = lineOf(
    '**Total**',
    columns.map(({ tally }) => tally),
  );
  const what = 'Cases whose program or image exists for the environment, and how many of them pass.';
  const table = markdownTable(
    ['Suite', ...labels({ columns }), ...gapHead],
    suites.length > 1 ? [...body, total] : body,
  );
  return ['### Inventory', '', what, '', ...table];
}

/** How many cases fewer exist than where the most do. */
function describeGap(tallies: readonly Tally[], columns: TargetParity['columns']): string {
  const most = Math.max(...tallies.map(({ existing }) => existing));
  const gaps = tallies.flatMap(({ existing }, column) =>
    existing < most ? [`${existing - most} on ${markdownText(columns[column]?.label ?? '')}`] : [],
  );
  return gaps.join(', ') || '0';
}

function timelineParts({ timelines, columns }: TargetParity): string[][] {
  return timelines.map(({ suite, stages }) => {
    const body = stages.map((stage) => [markdownText(stage.name), ...timeCells(stage.atMs, '**not reached**')]);
    const title = `### Stages of ${markdownText(suite)}`;
    return [title, '', ...markdownTable(['Stage', ...labels({ columns })], body)];
  });
}

function portTimelineParts({ portTimelines, columns }: TargetParity): string[][] {
  return portTimelines.map(({ suite, ranges, codes }) => {
    const what =
      'What each part of the boot took, from its codes on the debug port to the next code, and when each code first came.';
    return [
      `### Debug port in ${markdownText(suite)}`,
      ...['', what, ''],
      ...markdownTable(
        ['Part', ...labels({ columns })],
        ranges.map(({ range, tookMs }) => [range, ...timeCells(tookMs, '–')]),
      ),
      '',
      ...markdownTable(
        ['Code', ...labels({ columns })],
        codes.map(({ code, range, atMs }) => [`${formatCode(code)} ${range}`, ...timeCells(atMs, '**not written**')]),
      ),
    ];
  });
}

/** Times side by side, the one that is notably longer in bold. */
function timeCells(times: readonly (Millis | undefined)[], absent: string): string[] {
  const slowest = slowestOf(times);
  return times.map((time, column) => {
    if (time === undefined) return absent;
    return slowest?.column === column ? `**${formatMillis(time)}** (${describeFactor(slowest)})` : formatMillis(time);
  });
}

function labels({ columns }: Pick<TargetParity, 'columns'>): string[] {
  return columns.map(({ label }) => markdownText(label));
}
