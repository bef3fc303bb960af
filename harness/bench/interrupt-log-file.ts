import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type Arch, describeArch } from '../arch/archs.ts';
import type { Bytes } from '../units.ts';
import { repository } from './linux.ts';
import { workspace } from './workspace.ts';

const HEADER_END = '=== log ===\n';
/** Written at once: the recorded logs over and over, in turn. */
const BLOCK: Bytes = 2 ** 21;

/** Writes a log of that size, made of the recorded ones: timer, system calls, page faults. @returns its path. */
export function writeInterruptLog(arch: Arch, size: Bytes): string {
  const folder = path.join(repository, 'fixtures/logs/int', arch);
  const { event } = describeArch(arch).interruptLog.marks;
  const bodies = readdirSync(folder).map((file) => {
    const text = readFileSync(path.join(folder, file), 'latin1');
    const body = text.slice(text.indexOf(HEADER_END) + HEADER_END.length);
    return { whole: body, events: body.slice(body.lastIndexOf('\n', body.indexOf(event)) + 1) };
  });
  // What ends with a crash would make a machine that resets thousands of times a second: one boot, then what comes often.
  const often = bodies.filter(({ events }) => events.length > LONG && !events.includes('CPU Reset'));
  const turn = often.map(({ events }) => events).join('');
  const block = Buffer.from(turn.repeat(Math.ceil(BLOCK / turn.length)), 'latin1');
  const file = path.join(workspace(), `interrupts-${arch}.log`);
  const log = openSync(file, 'w');
  try {
    let written = writeSync(log, Buffer.from(often[0]?.whole ?? '', 'latin1'));
    while (written < size) written += writeSync(log, block);
  } finally {
    closeSync(log);
  }
  return file;
}

/** Shorter ones tell of a crash. */
const LONG: Bytes = 20_000;
