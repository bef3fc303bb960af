import { visible, visibleLine } from '../../lines/visible.ts';
import { counted, failAsExpected, listed } from '../layout.ts';
import { describeDifference } from '../machine-words.ts';
import type { ParityModel, TargetParity } from '../model.ts';
import { percent } from '../percent.ts';
import type { RunFacts } from '../results.ts';
import { describeIncomplete, describeShard } from '../run-words.ts';
import { describeFloors } from '../summary.ts';
import { interruptLines } from '../terminal-interrupts.ts';
import { bootLine, portLines } from '../terminal-table.ts';
import type { Toned } from './report-document.ts';

/** When, where and with what a run was made. */
export function aboutRun({ id, startedAt, harness, host, filter }: RunFacts): string[] {
  const qemu = Object.entries(host.qemu).map(([arch, version]) => `${visible(version)} (${visible(arch)})`);
  return [
    visible(startedAt),
    `run ${visible(id)}`,
    `Twinboot ${visible(harness)}`,
    `${visible(host.os)}, ${counted(host.cpus, 'CPU')}, Node ${visible(host.node)}`,
    ...(qemu.length > 0 ? [`QEMU ${qemu.join(', ')}`] : []),
    ...(filter ? [`only what matches ${listed(filter.map((word) => `"${visible(word)}"`))}`] : []),
  ];
}

/** What the terminal's report says before anything else. */
export function remarksOn({ run, staleExpectations }: ParityModel): Toned[] {
  const { what, so } = describeIncomplete(run);
  return [
    ...(run.faults ?? []).map((fault): Toned => ({ tone: 'bad', text: visibleLine(fault, 1_000) })),
    ...(run.complete ? [] : [{ tone: 'bad', text: `${what}: ${so}.` } as const]),
    ...(staleExpectations.length > 0
      ? [{ tone: 'bad', text: `${counted(staleExpectations.length, 'case')} declared to fail passed.` } as const]
      : []),
    ...(run.scope?.shard ? [{ tone: 'warn', text: describeShard(run.scope.shard) } as const] : []),
    ...(run.notices ?? []).map((notice): Toned => ({ tone: 'warn', text: visibleLine(notice, 1_000) })),
  ];
}

export function agreementOf({ agreement }: TargetParity): Toned | undefined {
  if (!agreement || agreement.cases === 0) return undefined;
  const { same, cases, asExpected } = agreement;
  const gaps = asExpected > 0 ? `; ${failAsExpected(asExpected)}` : '';
  const differing = cases - same;
  const how = differing === 0 ? 'none differs' : `${differing} ${differing === 1 ? 'differs' : 'differ'}`;
  return {
    tone: differing === 0 ? 'good' : 'warn',
    text: `Parity ${percent(same, cases)}: of ${counted(cases, 'case')}, ${how}${gaps}.`,
  };
}

/** What stands below a target's table: boots, interrupts, machines that differ, floors that do not hold. */
export function factsOf(target: TargetParity): string[] {
  const labels = target.columns.map(({ label }) => label);
  return [
    ...describeFloors(target),
    ...bootLine(target),
    ...portLines(target),
    ...interruptLines(target),
    ...target.machineDifferences.map(
      (difference) => `the machines differ in ${describeDifference(difference, labels)}`,
    ),
  ];
}
