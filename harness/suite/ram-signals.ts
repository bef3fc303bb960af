import type { GuestRam } from '../trace/guest-ram.ts';
import type { TableReading } from '../trace/result-table.ts';
import type { CaseSignals, TableResult } from '../verdict/signals.ts';
import type { Subtest, Verdict } from '../verdict/verdict.ts';

/**
 * What a guest's RAM says of a case.
 * @param table The table that tells results, where one is declared to.
 * @param before What was in RAM when the case began: entries that have not changed since are not its own.
 */
export function ramSignals(
  ram: GuestRam | undefined,
  table: string | undefined,
  before: GuestRam | undefined,
): Pick<CaseSignals, 'table' | 'violations'> {
  if (!ram) return {};
  const reading = table === undefined ? undefined : ram.tables[table];
  const earlier = new Set(table === undefined ? [] : before?.tables[table]?.entries.map(({ raw }) => raw));
  return {
    ...(reading && table !== undefined ? { table: tableResult(table, reading, earlier) } : {}),
    violations: Object.entries(ram.rings).flatMap(([name, { violations }]) =>
      violations.map((violation) => `ring ${name}: ${violation}`),
    ),
  };
}

/** What could not be read, or is not as it should be. */
export function ramNotes(ram: GuestRam | undefined): string[] {
  if (!ram) return [];
  return [
    ...Object.entries(ram.rings).flatMap(([name, { notes }]) => notes.map((note) => `ring ${name}: ${note}`)),
    ...Object.entries(ram.tables).flatMap(([name, { problems }]) => problems.map((note) => `table ${name}: ${note}`)),
  ];
}

function tableResult(name: string, { entries, problems }: TableReading, earlier: ReadonlySet<string>): TableResult {
  const own = entries.filter(({ raw }) => !earlier.has(raw));
  const started = own.filter(({ status }) => status === 'started').at(-1)?.name;
  return {
    name,
    subtests: own.flatMap((entry): Subtest[] => {
      const verdict = verdictOf(entry);
      return verdict ? [{ name: entry.name, verdict }] : [];
    }),
    ...(started === undefined ? {} : { started }),
    problems,
  };
}

function verdictOf({ name, status }: TableReading['entries'][number]): Verdict | undefined {
  switch (status) {
    case 'pass':
      return { kind: 'pass' };
    case 'skip':
      return { kind: 'skip', because: 'the table in RAM says so' };
    case 'fail':
      return { kind: 'fail', reason: `${name}: the table in RAM says that it failed` };
    case 'started':
      return undefined;
    case undefined:
      return { kind: 'fail', reason: `${name}: the table in RAM says something of it that is not declared` };
    default:
      return status satisfies never;
  }
}
