import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EventLogReader } from '../trace/events/event-log.ts';
import { EventTally, type TracedEvents } from '../trace/events/event-tally.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs/events');

/** What these lines of trace events tell, all together. */
export function tallyOf(lines: readonly string[]): TracedEvents {
  const tally = new EventTally();
  const reader = new EventLogReader((event, typed) => tally.take(event, typed));
  reader.push(Buffer.from(`${lines.join('\n')}\n`, 'latin1'));
  reader.end();
  return tally.result;
}

/** What a recorded log tells. @param name As in `x86_64/boot-and-key.log`. */
export function tallyOfLog(name: string): TracedEvents {
  const [, log = ''] = readFileSync(path.join(LOGS, name), 'latin1').split('=== log ===\n');
  return tallyOf(log.trimEnd().split('\n'));
}
