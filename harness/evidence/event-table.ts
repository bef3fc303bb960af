import { describePlace } from '../verdict/code-place.ts';
import type { LocatedEvent } from './investigation.ts';

/** The last events for people, a line each, oldest first: when, what, from where to where, the place, and what the fault says. */
export function eventTable(events: readonly LocatedEvent[]): string {
  return events.map(eventLine).join('\n');
}

/** `  2.310 s  page-fault (#PF)  kernel → kernel  at ext2_mount+0x1c (super.c:40)  address 0x8  error 0x2` */
export function eventLine({
  atMs,
  class: kind,
  name,
  cpu,
  from,
  to,
  place,
  faultAddress,
  errorCode,
}: LocatedEvent): string {
  return [
    `${(atMs / 1_000).toFixed(3).padStart(9)} s`,
    cpu === undefined ? '' : `vCPU ${cpu}`,
    kind === 'unknown' ? name : `${kind} (${name})`,
    from && to ? `${from} → ${to}` : '',
    place ? `at ${describePlace(place)}` : '',
    faultAddress === undefined ? '' : `address 0x${faultAddress.toString(16)}`,
    errorCode === undefined ? '' : `error 0x${errorCode.toString(16)}`,
  ]
    .filter((part) => part !== '')
    .join('  ');
}
