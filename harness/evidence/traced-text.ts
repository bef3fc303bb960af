import { visible } from '../lines/visible.ts';
import type { BlockTraffic } from '../trace/events/block-reader.ts';
import type { TracedEvents } from '../trace/events/event-tally.ts';
import type { KeyStroke } from '../trace/events/keyboard-reader.ts';
import type { PciFunction, PciScan } from '../trace/events/pci-scan.ts';
import type { TracedEvent } from '../trace/events/traced-event.ts';
import type { BlockRequest } from '../trace/events/typed-event.ts';
import { formatBytes } from '../units.ts';

/** A log may name thousands; these are the most frequent. */
const MOST_COUNTS = 100;
const MOST_FUNCTIONS = 256;
const MOST_STROKES = 100;
const MOST_REQUESTS = 20;

/**
 * Trace events for people: how often each came, what is to be seen of PCI functions, keys and disks, and the last ones.
 * @param last How many of the last events.
 */
export function tracedText(events: TracedEvents, last: number): string {
  return [
    countsText(events),
    ...pciText(events.pci),
    ...keysText(events),
    ...blockText(events.block),
    ...lastText(events.last.slice(-last)),
  ].join('\n\n');
}

function countsText({ counts, otherNames }: TracedEvents): string {
  const all = Object.entries(counts);
  const rows = all.slice(0, MOST_COUNTS).map(([name, count]) => [name, String(count)]);
  const more = all.length - rows.length;
  return [
    ...table(['event', 'count'], rows, [1]),
    ...(more > 0 ? [`  and ${more} more kinds`] : []),
    ...(otherNames > 0 ? [`  and ${otherNames} events of kinds that are not counted one by one`] : []),
  ].join('\n');
}

function pciText({ functions, emptyReads, forgotten }: PciScan): string[] {
  if (functions.length === 0 && emptyReads === 0) return [];
  const shown = functions.slice(0, MOST_FUNCTIONS);
  const unshown = functions.length - shown.length + forgotten;
  const rows = shown.map((found) => [
    placeText(found),
    `${hex4(found.vendorId)}:${hex4(found.deviceId)}`,
    found.classCode === undefined ? 'not read' : `${hex4(found.classCode)} ${found.className}`,
    found.name,
    String(found.reads),
    String(found.writes),
    commandText(found.command),
  ]);
  const head = ['at', 'ids', 'class', 'device', 'reads', 'writes', 'command'];
  return [
    [
      `PCI configuration space: ${counted(functions.length, 'function')} looked at`,
      ...(rows.length > 0 ? table(head, rows, [4, 5]) : []),
      ...(unshown > 0 ? [`  and accesses to ${unshown} more`] : []),
      ...(emptyReads > 0 ? [`  ${counted(emptyReads, 'read')} where there is no function`] : []),
    ].join('\n'),
  ];
}

/** `00:1f.2`; without a bus `1f.2`. */
function placeText({ bus, device, function: fn }: PciFunction): string {
  const slot = `${device.toString(16).padStart(2, '0')}.${fn}`;
  return bus === undefined ? slot : `${bus.toString(16).padStart(2, '0')}:${slot}`;
}

function hex4(value: number | undefined): string {
  return value === undefined ? '????' : value.toString(16).padStart(4, '0');
}

/** PCI Local Bus Specification 3.0, 6.2.2: what a driver turns on. */
const COMMAND_BITS = [
  [0, 'I/O'],
  [1, 'memory'],
  [2, 'bus master'],
  [10, 'no INTx'],
] as const;

function commandText(command: number | undefined): string {
  if (command === undefined) return 'not read';
  const on = COMMAND_BITS.filter(([bit]) => (command >> bit) & 1).map(([, name]) => name);
  return on.length > 0 ? on.join(', ') : 'all off';
}

function keysText({ keyboards, keys }: TracedEvents): string[] {
  const inputs = keys.length > 0 ? [`Keys that were put into QEMU\n  ${strokesText(keys)}`] : [];
  return [
    ...inputs,
    ...keyboards
      .filter(({ codes }) => codes > 0)
      .map(({ keyboard, set, codes, strokes }) => {
        const said = set === 3 ? 'set 3 is not decoded' : strokesText(strokes);
        return `PS/2 keyboard ${visible(keyboard)}: ${counted(codes, 'code')}, scan code set ${set}\n  ${said}`;
      }),
  ];
}

function strokesText(strokes: readonly KeyStroke[]): string {
  const shown = strokes.slice(-MOST_STROKES).map(({ key, down }) => `${visible(key)} ${down ? 'down' : 'up'}`);
  return `${strokes.length > shown.length ? '… ' : ''}${shown.join(', ')}`;
}

function blockText({ disks, requests }: BlockTraffic): string[] {
  if (disks.length === 0) return [];
  const nameOf = (wanted: Pick<BlockRequest, 'by' | 'disk'>) =>
    `disk ${disks.findIndex(({ by, disk }) => by === wanted.by && disk === wanted.disk) + 1}`;
  const totals = disks.map((disk) => {
    const [read, written] = [disk.bytesRead, disk.bytesWritten].map((bytes) =>
      bytes === undefined ? '' : ` (${formatBytes(bytes)})`,
    );
    return `  ${nameOf(disk)}, ${disk.by}: ${counted(disk.reads, 'read')}${read}, ${counted(disk.writes, 'write')}${written}`;
  });
  const shown = requests.slice(-MOST_REQUESTS);
  const isSized = shown.some(({ bytes }) => bytes !== undefined);
  const rows = shown.map((request) => [
    nameOf(request),
    request.direction,
    String(request.offset),
    `0x${request.offset.toString(16)}`,
    ...(isSized ? [request.bytes === undefined ? '' : formatBytes(request.bytes)] : []),
  ]);
  const head = ['', '', 'offset', '', ...(isSized ? ['size'] : [])];
  const heading = requests.length > shown.length ? [`  the last ${shown.length} requests:`] : [];
  return [['Block I/O', ...totals, ...heading, ...table(head, rows, [2, 3, 4])].join('\n')];
}

function lastText(last: readonly TracedEvent[]): string[] {
  if (last.length === 0) return [];
  const lines = last.map(({ name, args, atMs }) => {
    const at = atMs === undefined ? '' : `${(atMs / 1_000).toFixed(3).padStart(9)} s  `;
    return `  ${at}${visible(name)} ${visible(args, 1_000)}`.trimEnd();
  });
  return [[`The last ${counted(last.length, 'event')}`, ...lines].join('\n')];
}

/** @param right The columns of numbers. */
function table(head: readonly string[], rows: readonly (readonly string[])[], right: readonly number[]): string[] {
  const cells = [head, ...rows].map((row) => row.map((cell) => visible(cell, 120)));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    `  ${row
      .map((cell, column) =>
        right.includes(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')}`.trimEnd(),
  );
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
