import { type Arch, describeArch } from '../arch/archs.ts';
import type { Symbols } from '../evidence/symbols.ts';
import { findingsOf } from '../report/interrupt-findings.ts';
import type { Comparison, InterruptReport, ReportedCrash, ReportedEvent } from '../report/interrupt-report.ts';
import type { FoundEvents } from '../trace/analysis/chosen-events.ts';
import type { AnalysedLog } from '../trace/analysis/interrupt-analysis.ts';
import type { EventBytes } from '../trace/analysis/kept-events.ts';
import { InterruptLogReader, type TraceEvent } from '../trace/interrupt-log.ts';
import { Deadline } from '../units.ts';
import { cascadeOf, cascadeTitle } from '../verdict/cascade.ts';
import { describePlace } from '../verdict/code-place.ts';

export interface ReportSource {
  readonly name: string;
  readonly arch: Arch;
  /** How many events before a crash are told. */
  readonly last: number;
  /** An ELF file with the kernel's symbols. */
  readonly symbols: string | undefined;
}

/** A file of symbols that takes longer is of no use to somebody who waits. */
const SYMBOLS_WITHIN = 30_000;

/** Decodes what was kept of a log, names its places, and says what is to be made of it. */
export async function buildReport(log: AnalysedLog, source: ReportSource): Promise<InterruptReport> {
  const { arch } = source;
  const { interruptLog, interruptWords } = describeArch(arch);
  const crashes = log.crashes.kept.map(({ number, bytes }) => {
    const events = readEvents(arch, bytes);
    const crash = cascadeOf(events, interruptLog);
    return { number, title: cascadeTitle(crash), chain: crash.events, last: lastOf(events, source.last) };
  });
  const last = log.last.flatMap(({ number, bytes }) => numbered(arch, { number, bytes }));
  const chosen = log.chosen?.events.map((event) => event && numbered(arch, event)[0]);
  const symbols = source.symbols === undefined ? undefined : await openSymbols(source.symbols, arch);
  const places = await namePlaces(symbols, [
    ...crashes.flatMap((crash) => [...crash.chain, ...crash.last].map(({ pc }) => pc)),
    ...[...last, ...(chosen ?? [])].map((event) => event?.event.pc),
    ...[...log.storms, ...log.suspicions].map(({ pc }) => (pc === undefined ? undefined : BigInt(pc))),
  ]);
  const place = (pc: bigint): string => places.get(pc) ?? shown(pc);
  const report = (event: TraceEvent, number?: number): ReportedEvent => reportEvent(arch, event, place, number);
  const placed = <T extends { readonly pc?: string }>(items: readonly T[]) =>
    items.map((item) => (item.pc === undefined ? item : { ...item, place: place(BigInt(item.pc)) }));
  const facts = {
    schema: 'twinboot-interrupts/1' as const,
    source: source.name,
    arch,
    bytes: log.bytes,
    exceptions: log.exceptions,
    unknownLines: log.unknown,
    cut: { atEnd: log.endsCut, within: log.cutWithin },
    ...(log.watchedMs === undefined ? {} : { watchedMs: log.watchedMs }),
    handlers: log.tables,
    privileges: log.privileges,
    storms: placed(log.storms),
    suspicions: placed(log.suspicions),
    crashes: {
      count: log.crashes.count,
      endsLog: log.crashes.kept.at(-1)?.number === log.last.at(-1)?.number,
      shown: crashes.map(
        ({ number, title, chain, last: before }): ReportedCrash => ({
          after: number,
          title,
          chain: chain.map((event) => report(event)),
          last: before.map((event) => report(event)),
        }),
      ),
    },
    last: last.map(({ event, number }) => report(event, number)),
    ...(log.chosen && chosen ? { between: comparison(log.chosen, chosen, report) } : {}),
    notes: notesOf(log, symbols, interruptWords.noRegisters),
  };
  const { noRegisters: _, silentSyscalls } = { noRegisters: undefined, ...interruptWords };
  return { ...facts, findings: findingsOf({ ...facts, silentSyscalls }) };
}

/** Loaded when asked for: most reports do without. */
async function openSymbols(file: string, arch: Arch): Promise<Symbols> {
  const { Symbols } = await import('../evidence/symbols.ts');
  return await Symbols.ofFile(file, arch);
}

function readEvents(arch: Arch, bytes: Buffer): TraceEvent[] {
  const events: TraceEvent[] = [];
  const reader = new InterruptLogReader(describeArch(arch).interruptLog, (event) => events.push(event));
  reader.push(bytes, 0);
  reader.end(0);
  return events;
}

interface Numbered {
  readonly event: TraceEvent;
  readonly number: number;
}

/** The bytes of one event, which may begin with others that QEMU announced and did not record. */
function numbered(arch: Arch, { number, bytes }: EventBytes): Numbered[] {
  return readEvents(arch, bytes)
    .slice(-1)
    .map((event) => ({ event, number }));
}

function lastOf(events: readonly TraceEvent[], count: number): readonly TraceEvent[] {
  return events.filter(({ class: kind }) => kind !== 'exception-return' && kind !== 'unknown').slice(-count);
}

async function namePlaces(
  symbols: Symbols | undefined,
  addresses: readonly (bigint | undefined)[],
): Promise<ReadonlyMap<bigint, string>> {
  const unique = [...new Set(addresses)].filter((address) => address !== undefined);
  if (!symbols) return new Map();
  const places = await symbols.places(unique, Deadline.after(SYMBOLS_WITHIN));
  return new Map(
    unique.map((address, index) => {
      const found = places[index];
      return [address, found?.function === undefined ? shown(address) : describePlace(found)];
    }),
  );
}

function reportEvent(
  arch: Arch,
  event: TraceEvent,
  place: (pc: bigint) => string,
  number: number | undefined = event.number,
): ReportedEvent {
  const { class: kind, name, vector, cpu, from, to, pc, sp, faultAddress, errorCode, truncated, raw } = event;
  const { describeError, registersIn } = describeArch(arch).interruptWords;
  const meaning = describeError(event);
  const registers = registersIn(raw);
  const isNumbered = number !== undefined && number >= 0 && vector !== undefined && pc !== undefined;
  return {
    ...(isNumbered ? { number } : {}),
    class: kind,
    name,
    ...(vector === undefined ? {} : { vector }),
    ...(cpu === undefined ? {} : { cpu }),
    ...(from ? { from } : {}),
    ...(to ? { to } : {}),
    ...(pc === undefined ? {} : { pc: shown(pc), place: place(pc) }),
    ...(sp === undefined ? {} : { sp: shown(sp) }),
    ...(faultAddress === undefined ? {} : { faultAddress: shown(faultAddress) }),
    ...(errorCode === undefined ? {} : { errorCode: shown(errorCode) }),
    ...(meaning === undefined ? {} : { meaning }),
    ...(truncated ? { truncated } : {}),
    ...(registers.length === 0
      ? {}
      : { registers: Object.fromEntries(registers.map(({ name, value }) => [name, shown(value)])) }),
  };
}

function comparison(
  { numbers, between }: FoundEvents,
  chosen: readonly (Numbered | undefined)[],
  report: (event: TraceEvent, number?: number) => ReportedEvent,
): Comparison {
  const [from, to] = chosen.map((each) => each && report(each.event, each.number));
  const [before, after] = [from?.registers ?? {}, to?.registers ?? {}];
  const both = Object.keys(before).filter((name) => after[name] !== undefined);
  return {
    from: from ?? { missing: numbers[0] },
    to: to ?? { missing: numbers[1] },
    changed: both
      .filter((name) => before[name] !== after[name])
      .map((register) => ({ register, before: before[register] ?? '', after: after[register] ?? '' })),
    same: both.filter((name) => before[name] === after[name]),
    between,
  };
}

function notesOf(
  { firstNumber = 0, endsCut, cutWithin, unknown, watchedMs }: AnalysedLog,
  symbols: Symbols | undefined,
  noRegisters: string | undefined,
): string[] {
  return [
    ...(firstNumber > 0 ? [`the log begins with #${firstNumber}: what came before is not in it`] : []),
    ...(endsCut ? ['the log ends in the middle of a record'] : []),
    ...(cutWithin > 0
      ? [`${cutWithin} records are not whole: something else was written into them, or the log was cut`]
      : []),
    ...(unknown > 0 ? [`${unknown} lines are of another kind, and were passed over`] : []),
    ...(watchedMs === undefined
      ? ['no arrival times: a log has none; `--follow` tells rates and a timer that goes missing']
      : []),
    ...(noRegisters ? [noRegisters] : []),
    ...(symbols?.notes ?? []),
  ];
}

function shown(value: bigint): string {
  return `0x${value.toString(16)}`;
}
