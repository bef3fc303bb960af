import { visible } from '../lines/visible.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import type { RecordValues } from '../trace/record-layout.ts';
import type { TableReading } from '../trace/result-table.ts';
import type { RingReading } from '../trace/ring.ts';

/** What nobody reads to its end. */
const MOST_EVENTS = 10_000;

/** A text for each ring and table: `ring-trace.txt`, `table-results.txt`. */
export function ramTexts({ rings, tables }: GuestRam): Record<string, string> {
  return Object.fromEntries([
    ...Object.entries(rings).map(([name, ring]) => [`ring-${name}.txt`, ringText(ring)]),
    ...Object.entries(tables).map(([name, table]) => [`table-${name}.txt`, tableText(table)]),
  ]);
}

/** Notes first, then an event a line, oldest first, with the time since the one before: `CPU 0  1204 (+16)  timer  payload=3`. */
function ringText({ events, notes, violations }: RingReading): string {
  const shown = events.slice(-MOST_EVENTS);
  const lines = shown.map(({ cpu, time, name, fields }, index) => {
    const before = shown[index - 1];
    const since = before ? ` (+${time - before.time})` : '';
    return `CPU ${cpu}  ${time}${since}  ${visible(name)}  ${fieldsText(fields)}`;
  });
  return [
    ...notes.map((note) => `# ${note}`),
    ...violations.map((violation) => `# ${violation}`),
    ...(events.length > shown.length ? [`# ${events.length - shown.length} older events are left out`] : []),
    ...lines,
  ].join('\n');
}

function tableText({ entries, problems }: TableReading): string {
  return [
    ...problems.map((problem) => `# ${problem}`),
    ...entries.map(({ name, status, fields }) => `${status ?? 'unknown'}  ${visible(name)}  ${fieldsText(fields)}`),
  ].join('\n');
}

function fieldsText(fields: RecordValues): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? visible(JSON.stringify(value)) : value}`)
    .join(' ');
}
