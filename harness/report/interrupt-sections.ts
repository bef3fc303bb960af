import type { Owner } from '../trace/analysis/handler-tables.ts';
import type { Total } from '../trace/analysis/totals.ts';
import { formatBytes, formatMillis } from '../units.ts';
import type { Comparison, Finding, InterruptReport, ReportedCrash, ReportedEvent } from './interrupt-report.ts';
import { totalsOf } from './interrupt-report.ts';

/** A part of the report, whatever it is shown as. */
export interface Section {
  readonly title: string;
  readonly findings?: readonly Finding[];
  readonly lines?: readonly string[];
  readonly table?: ReportTable;
  /** Fixed-width lines: registers. */
  readonly dump?: readonly string[];
}

export interface ReportTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns of numbers. */
  readonly right: readonly number[];
}

/** A log of many vectors has a long tail; the JSON has all of it. */
const MOST_ROWS = 40;
const REGISTERS_A_LINE = 4;

const OWNERS: Readonly<Record<Exclude<Owner, 'kernel' | 'none'>, string>> = {
  earlier: 'Before the kernel’s handlers: firmware, loader, first steps',
  firmware: 'Firmware: system management mode, real mode',
};

/** `qemu.log: x86_64, 23.1 MiB, 12,345 interrupts and exceptions`. */
export function headingOf({ source, arch, bytes, exceptions, watchedMs }: InterruptReport): string {
  const watched = watchedMs === undefined ? '' : `, watched for ${formatMillis(watchedMs)}`;
  return `${source}: ${arch}, ${formatBytes(bytes)}, ${grouped(exceptions)} interrupts and exceptions${watched}`;
}

/** The report in the order in which one reads it: what stands out, the numbers, the crash, the last events. */
export function sectionsOf(report: InterruptReport): Section[] {
  const { findings, crashes, last, between, notes } = report;
  // What is told of the crash need not be told again as the end of the log.
  const endsWithCrash = crashes.shown.at(-1)?.last.length === last.length && crashes.endsLog;
  return [
    findings.length > 0
      ? { title: 'What stands out', findings }
      : {
          title: 'What stands out',
          lines: ['nothing: no crash, no storm, no stack or program counter where it should not be'],
        },
    ...totalsSections(report),
    privilegeSection(report),
    ...(between ? [comparisonSection(between)] : []),
    ...crashes.shown.flatMap(crashSections),
    ...(last.length > 0 && !endsWithCrash
      ? eventSections(`The last ${counted(last.length, 'event')} of the log`, last)
      : []),
    ...(notes.length > 0 ? [{ title: 'Notes', lines: notes }] : []),
  ];
}

function totalsSections(report: InterruptReport): Section[] {
  const sections: Section[] = [];
  const kernel = totalsOf(report, 'kernel').filter(isException);
  if (kernel.length > 0) sections.push({ title: 'The kernel’s interrupts and exceptions', table: totalsTable(kernel) });
  for (const [owner, title] of Object.entries(OWNERS) as [keyof typeof OWNERS, string][]) {
    const totals = totalsOf(report, owner).filter(({ class: kind }) => kind !== 'exception-return');
    if (totals.length > 0) sections.push({ title, table: totalsTable(totals) });
  }
  const others = totalsOf(report, 'none');
  if (others.length > 0)
    sections.push({
      title: 'Neither',
      lines: others.map(
        ({ name, count }) => `${name === 'reset' ? 'resets of a vCPU' : `${name}s`}: ${grouped(count)}`,
      ),
    });
  return sections;
}

function isException({ class: kind }: Total): boolean {
  return kind !== 'exception-return';
}

function totalsTable(totals: readonly Total[]): ReportTable {
  const all = totals.reduce((sum, { count }) => sum + count, 0);
  const isWatched = totals.some(({ arrivals }) => arrivals);
  const levels = (['user', 'kernel', 'hypervisor', 'secure-monitor'] as const).filter((level) =>
    totals.some(({ from }) => from[level]),
  );
  const rest = totals.slice(MOST_ROWS);
  return {
    head: [
      'class',
      'name',
      'count',
      'share',
      ...levels.map((level) => `from ${level}`),
      ...(isWatched ? ['per second'] : []),
    ],
    right: [2, 3, ...levels.map((_, index) => 4 + index), 4 + levels.length],
    rows: [
      ...totals
        .slice(0, MOST_ROWS)
        .map(({ class: kind, name, count, from, arrivals }) => [
          kind,
          name,
          grouped(count),
          `${((100 * count) / all).toFixed(1)} %`,
          ...levels.map((level) => (from[level] ? grouped(from[level]) : '')),
          ...(isWatched ? [arrivals ? arrivals.perSecond.toFixed(1) : ''] : []),
        ]),
      ...(rest.length > 0
        ? [
            [
              `${rest.length} more`,
              '',
              grouped(rest.reduce((sum, { count }) => sum + count, 0)),
              '',
              ...levels.map(() => ''),
            ],
          ]
        : []),
    ],
  };
}

function privilegeSection({ privileges: { changes, reachedUser, syscalls, lastRun } }: InterruptReport): Section {
  return {
    title: 'Privilege',
    lines: [
      ...changes.map(
        ({ from, to, count, inferred }) =>
          `${from} → ${to}: ${grouped(count)}${inferred ? ' at least (the log does not tell of returns)' : ''}`,
      ),
      ...(changes.length === 0 ? ['it never changed'] : []),
      ...(reachedUser ? [`system calls in the log: ${grouped(syscalls)}`] : []),
      ...(lastRun
        ? [
            `at the end: ${grouped(lastRun.events)} ${lastRun.events === 1 ? 'event' : 'events'} from ${lastRun.privilege}, from #${lastRun.since} on`,
          ]
        : []),
    ],
  };
}

function crashSections({ title, after, chain, last }: ReportedCrash): Section[] {
  return [
    {
      title: `Crash after #${after}: ${title}`,
      ...(chain.length > 0 ? { table: eventTableOf(chain) } : {}),
      ...(chain.length > 0 ? {} : { lines: ['no fault led to it'] }),
    },
    ...eventSections(`The last ${counted(last.length, 'event')} before it`, last),
  ];
}

/** The events, and the registers of the last one that has any. */
function eventSections(title: string, events: readonly ReportedEvent[]): Section[] {
  const withRegisters = events.findLast(({ registers, class: kind }) => registers && kind !== 'reset');
  return [
    { title, table: eventTableOf(events) },
    ...(withRegisters?.registers
      ? [{ title: `Registers at ${labelOf(withRegisters)}`, dump: registerLines(withRegisters.registers) }]
      : []),
  ];
}

function eventTableOf(events: readonly ReportedEvent[]): ReportTable {
  const rows = events.map(
    ({ number, class: kind, name, cpu, from, to, place, pc, sp, faultAddress, meaning, errorCode, truncated }) => [
      number === undefined ? '' : `#${number}`,
      kind === name ? name : `${kind} (${name})`,
      cpu === undefined ? '' : `vCPU ${cpu}`,
      from && to ? `${from} → ${to}` : (from ?? ''),
      place ?? pc ?? '',
      sp ?? '',
      [
        faultAddress === undefined ? '' : `address ${faultAddress}`,
        meaning ?? (errorCode === undefined || errorCode === '0x0' ? '' : `error ${errorCode}`),
        truncated ? 'cut short' : '',
      ]
        .filter((part) => part !== '')
        .join('; '),
    ],
  );
  const head = ['', 'event', 'vCPU', 'privilege', 'at', 'stack', 'says'];
  const used = head.map((_, column) => rows.some((row) => row[column] !== ''));
  const keep = <T>(cells: readonly T[]): T[] => cells.filter((_, column) => used[column]);
  return { head: keep(head), rows: rows.map(keep), right: used[0] ? [0] : [] };
}

function registerLines(registers: Readonly<Record<string, string>>): string[] {
  const cells = Object.entries(registers).map(
    ([name, value]) => `${name.padStart(3)} ${value.slice(2).padStart(16, '0')}`,
  );
  const lines: string[] = [];
  for (let at = 0; at < cells.length; at += REGISTERS_A_LINE)
    lines.push(cells.slice(at, at + REGISTERS_A_LINE).join('  '));
  return lines;
}

function comparisonSection({ from, to, changed, same, between }: Comparison): Section {
  const lines = [from, to].map((event) =>
    'missing' in event
      ? `#${event.missing}: no such event in the log`
      : `${labelOf(event)}${event.place ? ` at ${event.place}` : ''}`,
  );
  if (between.length > 0)
    lines.push(
      `between them: ${between
        .slice(0, MOST_ROWS)
        .map(({ name, count }) => `${grouped(count)} × ${name}`)
        .join(', ')}`,
    );
  const bothThere = !('missing' in from) && !('missing' in to);
  if (bothThere && changed.length + same.length === 0) lines.push('their records hold no registers to compare');
  else if (bothThere)
    lines.push(same.length === 0 ? 'no register is the same' : `the same in both: ${same.join(', ')}`);
  return {
    title: 'Registers that changed',
    lines,
    ...(changed.length > 0
      ? {
          table: {
            head: ['register', 'before', 'after'],
            rows: changed.map(({ register, before, after }) => [register, before, after]),
            right: [1, 2],
          },
        }
      : {}),
  };
}

function labelOf({ number, class: kind, name }: ReportedEvent): string {
  return `${number === undefined ? '' : `#${number} `}${kind === name ? name : `${kind} (${name})`}`;
}

function counted(count: number, noun: string): string {
  return `${count === 1 ? '' : `${grouped(count)} `}${noun}${count === 1 ? '' : 's'}`;
}

/** `1,234,567`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
