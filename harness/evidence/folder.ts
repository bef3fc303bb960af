import { createHash } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { visibleBlock } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import type { TracedEvents } from '../trace/events/event-tally.ts';
import type { GuestRam } from '../trace/guest-ram.ts';
import { eventTable } from './event-table.ts';
import type { Investigation } from './investigation.ts';
import { portTable } from './port-table.ts';
import { probeText } from './probe-text.ts';
import { ramTexts } from './ram-text.ts';
import type { CountedCalls } from './read-probes.ts';
import { reproduceScript } from './reproduce-script.ts';
import { tracedText } from './traced-text.ts';
import { backtraceText, registerText } from './vcpu-text.ts';

const WHOLE_LOG = 'interrupts-whole.log';
/** What nobody reads to its end. */
const MOST_EVENTS = 2_000;

/** A folder name for any text: short, the same for the same text, and different from its neighbours'. */
export function folderName(text: string): string {
  const plain = text.replaceAll(/[^A-Za-z0-9._-]+/g, '-').replaceAll(/^[-.]+|-+$/g, '');
  if (plain !== '' && plain === text && plain.length <= 80) return plain;
  return `${plain.slice(0, 60)}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
}

/** Writes what shows why a case did not pass. Nothing here throws away what was there: the folder is the case's own. */
export function writeEvidence(
  folder: string,
  verdict: string,
  machine: Machine | undefined,
  found: Investigation | undefined,
  {
    ram,
    traced,
    calls,
  }: {
    readonly ram?: GuestRam | undefined;
    readonly traced?: TracedEvents | undefined;
    readonly calls?: CountedCalls | undefined;
  } = {},
): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'verdict.txt'), `${verdict}\n`);
  if (!machine) return;
  for (const log of machine.consoleLogs)
    copyFileSync(log, path.join(folder, path.basename(log).replace(/^console\d+-/, 'console-')));
  for (const { name, arrivals } of machine.consoles)
    writeFileSync(path.join(folder, `console-${name}.times`), arrivals.toString());
  for (const log of machine.bootLogs.filter((file) => existsSync(file)))
    copyFileSync(log, path.join(folder, path.basename(log)));
  writeFileSync(path.join(folder, 'reproduce.sh'), reproduceScript(machine.plan), { mode: 0o755 });
  const texts = {
    ...(machine.ports ? { 'ports.txt': portTable(machine.ports) } : {}),
    ...(ram ? ramTexts(ram) : {}),
    ...(traced ? { 'events.txt': tracedText(traced, MOST_EVENTS) } : {}),
    ...(calls ? { 'probes.txt': probeText(calls) } : {}),
    ...(found ? textsOf(found) : {}),
  };
  for (const [name, text] of Object.entries(texts))
    if (text !== '') writeFileSync(path.join(folder, name), `${text}\n`);
  if (machine.end?.stderr) writeFileSync(path.join(folder, 'qemu-stderr.txt'), machine.end.stderr);
}

/** Keeps the whole interrupt log, where the machine's plan has it written. */
export function keepInterruptLog(folder: string, { interruptLog }: Pick<Machine, 'interruptLog'>): void {
  if (!interruptLog) return;
  mkdirSync(folder, { recursive: true });
  copyFileSync(interruptLog.path, path.join(folder, WHOLE_LOG), constants.COPYFILE_FICLONE);
}

/** What the log that is kept lacks, for a note. */
export function interruptLogNotes({ interruptLog }: Pick<Machine, 'interruptLog'>): string[] {
  const { shortfall } = interruptLog ?? {};
  return shortfall === undefined ? [] : [`${WHOLE_LOG} is not whole: ${shortfall}`];
}

function textsOf({ vcpus, events, panic }: Investigation): Readonly<Record<string, string>> {
  return {
    'panic.txt': visibleBlock(panic?.lines.join('\n') ?? ''),
    'backtraces.txt': visibleBlock(backtraceText(vcpus)),
    'registers.txt': visibleBlock(registerText(vcpus)),
    'interrupts.txt': visibleBlock(eventTable(events)),
    'interrupts.log': events.map(({ raw }) => raw).join('\n'),
  };
}
