import { Command } from 'commander';
import { DeclarationError } from '../errors.ts';
import { tracedText } from '../evidence/traced-text.ts';
import { visibleLine } from '../lines/visible.ts';
import { counted } from '../report/layout.ts';
import { EventLogReader } from '../trace/events/event-log.ts';
import { EventTally, type TracedEvents } from '../trace/events/event-tally.ts';
import type { Bytes } from '../units.ts';
import { ExitCode } from './exit-code.ts';
import { openLog } from './log-input.ts';
import { refusePacked } from './log-kind.ts';
import { parseLast } from './parse-last.ts';

interface Flags {
  readonly json?: boolean;
  readonly last: number;
}

interface EventReport extends TracedEvents {
  readonly schema: 'twinboot-trace-events/1';
  readonly source: string;
  readonly bytes: Bytes;
  /** Lines of another kind. */
  readonly otherLines: number;
  /** Lines that begin as an event that is known, and do not go on as one. */
  readonly broken: number;
}

const DEFAULT_LAST = 10;

/** `twinboot trace events FILE|-`: what QEMU's trace events tell. */
export function traceEventsCommand(): Command {
  return new Command('events')
    .description("what QEMU's trace events tell: qemu-system-… -trace 'pci_cfg_*' -trace ps2_put_keycode -D FILE")
    .argument('<file>', 'the log; - is the standard input')
    .option('--json', 'for a machine to read')
    .option('--last <number>', 'how many of the last events are shown', parseLast, DEFAULT_LAST)
    .exitOverride()
    .action(async (file: string, flags: Flags) => {
      const report = await readEvents(file, flags.last);
      process.stdout.write(`${flags.json ? JSON.stringify(report, undefined, 2) : eventText(report, flags.last)}\n`);
      process.exitCode = ExitCode.ok;
    });
}

async function readEvents(file: string, last: number): Promise<EventReport> {
  const tally = new EventTally(last);
  const reader = new EventLogReader((event, typed) => tally.take(event, typed));
  let head = Buffer.alloc(0);
  let bytes: Bytes = 0;
  const { name, pieces } = await openLog(file);
  for await (const piece of pieces) {
    if (bytes === 0) {
      refusePacked(name, piece, 'trace events');
      head = Buffer.from(piece.subarray(0, 4096));
    }
    bytes += piece.length;
    reader.push(piece);
  }
  reader.end();
  const events = tally.result;
  if (events.total === 0) throw noEvents(name, head, reader.broken);
  const { otherLines, broken } = reader;
  return { schema: 'twinboot-trace-events/1', source: name, bytes, otherLines, broken, ...events };
}

function eventText(report: EventReport, last: number): string {
  const { total, source, counts, otherLines, broken } = report;
  const kinds = Object.keys(counts).length;
  const notes = [
    ...(otherLines > 0 ? [`${counted(otherLines, 'line')} of another kind passed over`] : []),
    ...(broken > 0 ? [`${counted(broken, 'line')} cut, or not as expected, and left out`] : []),
  ];
  const heading = `${counted(total, 'trace event')} of ${counted(kinds, 'kind')} in ${visibleLine(source)}`;
  return [[heading, ...notes].join('; '), tracedText(report, last)].join('\n\n');
}

function noEvents(name: string, head: Buffer, broken: number): DeclarationError {
  const how = "QEMU writes them with -trace 'pci_cfg_*' -D FILE";
  if (head.length === 0) return new DeclarationError(`${name} is empty: ${how}`);
  if (head.includes(0)) return new DeclarationError(`${name} is binary, and no log of trace events: ${how}`);
  const first = visibleLine(head.toString('latin1').split('\n', 1)[0] ?? '', 80);
  const cut = broken > 0 ? ` (${counted(broken, 'line')} cut, or not as expected)` : '';
  return new DeclarationError(`${name} holds not one trace event${cut}: ${how}. It begins with: ${first}`);
}
