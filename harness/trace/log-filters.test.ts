import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { x86Calls } from '../arch/x86_64-calls.ts';
import { EventFilter } from './events/event-filter.ts';
import { LogFilters } from './log-filters.ts';
import { ProbeLog } from './probe-log.ts';

const LOG = path.join(import.meta.dirname, '../../fixtures/logs/calls/x86_64/two-cpus.log');
const calls = readFileSync(LOG, 'latin1').split('=== log ===\n')[1] ?? '';

const EVENT = 'pci_cfg_read mch 00:00.0 @0x0 -> 0x29c08086\n';

/** What two that share a log find in it, and what they leave. */
function read(text: string, cuts: readonly number[] = []) {
  const found = { calls: 0, passed: 0, calledBack: 0, events: 0 };
  const events = new EventFilter(() => found.events++);
  events.expect(['pci_cfg_read']);
  const probes = new ProbeLog(x86Calls, {
    called: () => found.calls++,
    passed: () => found.passed++,
    calledBack: () => found.calledBack++,
  });
  const filters = new LogFilters([probes, undefined, events]);
  const bytes = Buffer.from(text, 'latin1');
  const ends = [...cuts, bytes.length].sort((a, b) => a - b);
  const rest = ends.map((end, index) => filters.push(bytes.subarray(ends[index - 1] ?? 0, end)));
  return { ...found, rest: Buffer.concat([...rest, filters.end()]).toString('latin1') };
}

describe('those that share a log', () => {
  test('find their own and leave the rest, wherever an event stands among calls and interrupts, and however it is cut', () => {
    const plain = read(calls);
    expect(plain).toMatchObject({ calls: 24, passed: 24, calledBack: 1, events: 0 });
    // Between a call and its registers; QEMU writes these as one.
    const amongCalls = calls.replaceAll(/^Trace .*\n/gm, `$&${EVENT}`);
    const log = amongCalls.replaceAll(/ v=[0-9a-f]{2}/g, `$&${EVENT}`);
    const events = log.split(EVENT).length - 1;
    expect(events).toBeGreaterThan(24);
    fc.assert(
      fc.property(fc.array(fc.nat(log.length), { maxLength: 40 }), (cuts) => {
        expect(read(log, cuts)).toEqual({ ...plain, events });
      }),
      { numRuns: 30 },
    );
  });

  test('leave at its end what each had kept', () => {
    expect(read(`${EVENT}Servicing hardware INT=0x20`)).toMatchObject({
      events: 1,
      rest: 'Servicing hardware INT=0x20',
    });
  });

  test('leave everything where there are none', () => {
    const filters = new LogFilters([undefined]);
    expect(filters.push(Buffer.from('a')).toString() + filters.end().toString()).toBe('a');
  });
});
