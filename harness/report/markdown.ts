import { formatCode } from '../trace/post-codes.ts';
import { formatMillis, type Millis } from '../units.ts';
import type { BaselineOutcome } from './baseline/baseline-file.ts';
import { comparisonMarkdown } from './baseline/comparison-markdown.ts';
import { counted, failAsExpected, listed } from './layout.ts';
import { expectedFailuresPart, unexpectedPassesPart } from './markdown-expectations.ts';
import { causesPart, differencesPart, floorsPart } from './markdown-failures.ts';
import { flakyPart } from './markdown-flaky.ts';
import { interruptsPart } from './markdown-interrupts.ts';
import { matrixPart, notesPart, skipsPart } from './markdown-matrix.ts';
import { markdownTable, markdownText } from './markdown-text.ts';
import type { ParityModel, SuiteParity, TargetParity } from './model.ts';
import { percent } from './percent.ts';
import type { RunPart } from './results.ts';
import { describeIncomplete, describeShard } from './run-words.ts';
import { describeFactor, slowestOf } from './slowest.ts';
import { describeTally } from './tally.ts';

/** The parity report as a page in GitHub's Markdown, for a CI step summary or beside results.json, whose folder its links are relative to. */
export function renderMarkdown(model: ParityModel, baseline?: BaselineOutcome): string {
  const parts = [
    ['# Parity report'],
    runPart(model),
    baseline ? comparisonMarkdown(baseline) : [],
    unexpectedPassesPart(model),
    ...model.targets.flatMap(targetParts),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function runPart({ run, tally, flaky }: ParityModel): string[] {
  const { filter, notices = [], faults = [], scope } = run;
  const { what, so } = describeIncomplete(run);
  return [
    ...(run.complete ? [] : [`> **${what}**: ${so}.`, '']),
    ...faults.flatMap((fault) => [`> **${markdownText(fault, 1_000)}**`, '']),
    ...(scope?.shard ? [`> ${describeShard(scope.shard)}`, ''] : []),
    ...(filter ? [`> Only what matches ${listed(filter.map((word) => markdownText(word)))} was run.`, ''] : []),
    ...(flaky > 0 ? [`> **Flaky: ${counted(flaky, 'case')}** did not pass at the first attempt.`, ''] : []),
    ...notices.flatMap((notice) => [`> ${markdownText(notice, 1_000)}`, '']),
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
    ...differencesPart(target),
    flakyPart(target),
    expectedFailuresPart(target),
    floorsPart(target),
    machinesPart(target),
    causesPart(target),
    inventoryPart(target),
    ...timelineParts(target),
    ...portTimelineParts(target),
    interruptsPart(target),
    skipsPart(target),
    notesPart(target),
    ...matrixPart(target),
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
    const { byKind, cases, executed } = tally;
    const counts = [
      cases,
      executed,
      byKind.pass,
      percent(byKind.pass, executed),
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
  const body = suites.map((suite) => [
    markdownText(suite.suite),
    ...suite.cells.map(({ tally }) => `${tally.existing} (${tally.byKind.pass} pass)`),
    ...gapHead.map(() => describeGap(suite, columns)),
  ]);
  const what = 'Cases whose program or image exists for the environment, and how many of them pass.';
  return ['### Inventory', '', what, '', ...markdownTable(['Suite', ...labels({ columns }), ...gapHead], body)];
}

function describeGap({ cells }: SuiteParity, columns: TargetParity['columns']): string {
  const gaps = cells.flatMap(({ gap }, column) =>
    gap < 0 ? [`${gap} on ${markdownText(columns[column]?.label ?? '')}`] : [],
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
