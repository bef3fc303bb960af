import { Command } from 'commander';
import { DeclarationError } from '../errors.ts';
import { type LoggedBoot, type PortLog, PortLogReader } from '../trace/hypervisor-port-log.ts';
import { formatCode, rangeTimes } from '../trace/post-codes.ts';
import { formatBytes, type Millis } from '../units.ts';
import { openLog } from './log-input.ts';
import { refusePacked } from './log-kind.ts';

/** `twinboot trace ports`: when a guest came how far, from the log of another machine monitor. */
export function tracePortsCommand(): Command {
  return new Command('ports')
    .description("the boot timeline in cloud-hypervisor's log (-vvv): what was written to debug port 0x80, and when")
    .argument('<file>', 'the log, or - for the standard input')
    .option('--json', 'for a machine to read')
    .exitOverride()
    .action(async (file: string, { json = false }: { json?: boolean }) => {
      const log = await readPortLog(file);
      console.log(json ? toJson(log) : toText(log));
    });
}

async function readPortLog(file: string): Promise<PortLog> {
  const reader = new PortLogReader();
  let bytes = 0;
  const { name, pieces } = await openLog(file);
  for await (const piece of pieces) {
    if (bytes === 0) refusePacked(name, piece, 'trace ports');
    reader.push(piece);
    bytes += piece.length;
  }
  const log = reader.end();
  if (log.boots.length > 0) return log;
  const broken = log.broken > 0 ? ` ${log.broken} records in it are cut short.` : '';
  throw new DeclarationError(
    `${name} ${bytes === 0 ? 'is empty' : `has ${formatBytes(bytes)}`} and tells of no write to debug port 0x80.${broken} ` +
      'Expected lines with "[Debug I/O port: Kernel code 0x40] 0.402744 seconds", as cloud-hypervisor -vvv writes them.',
  );
}

function toText({ boots, moreBoots, broken }: PortLog): string {
  const parts = boots.map((boot, index) => {
    const title = boots.length > 1 ? [`Boot ${index + 1} of ${boots.length + moreBoots}`] : [];
    return [...title, ...bootText(boot)].join('\n');
  });
  return [
    ...parts,
    ...(moreBoots > 0 ? [`${moreBoots} more boots are not shown.`] : []),
    ...(broken > 0
      ? [`${broken} record${broken === 1 ? ' is' : 's are'} cut short or not as expected, and left out.`]
      : []),
  ].join('\n\n');
}

function bootText({ codes, writes }: LoggedBoot): string[] {
  const repeats = writes - codes.length;
  return [
    `${'part'.padEnd(15)}${'from'.padStart(16)}${'took'.padStart(16)}`,
    ...rangeTimes(codes).map(({ range, atMs, tookMs }) => `${range.padEnd(15)}${time(atMs)}${time(tookMs)}`),
    '',
    `${'code'.padEnd(15)}${'at'.padStart(16)}${'since the last'.padStart(16)}`,
    ...codes.map(({ code, range, atMs }, index) => {
      const before = codes[index - 1];
      return `${`${formatCode(code)} ${range}`.padEnd(15)}${time(atMs)}${before ? time(atMs - before.atMs) : ''}`;
    }),
    ...(repeats > 0 ? ['', `A code counts when it first comes; ${repeats} of ${writes} writes repeat one.`] : []),
  ];
}

/** To the microsecond, as the log has it. */
function time(ms: Millis): string {
  return `${ms.toFixed(3).padStart(13)} ms`;
}

function toJson({ boots, moreBoots, broken }: PortLog): string {
  const told = boots.map(({ codes, writes }) => ({ codes, ranges: rangeTimes(codes), writes }));
  return JSON.stringify({ boots: told, moreBoots, broken }, undefined, 2);
}
