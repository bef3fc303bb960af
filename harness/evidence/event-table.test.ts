import { expect, test } from 'vitest';
import { eventTable } from './event-table.ts';
import type { LocatedEvent } from './investigation.ts';

const event: LocatedEvent = {
  class: 'page-fault',
  name: '#PF',
  vector: 14,
  from: 'kernel',
  to: 'kernel',
  pc: 0x1000n,
  faultAddress: 8n,
  errorCode: 2n,
  atMs: 2_310.4,
  raw: '',
  truncated: false,
  place: { address: '0x1000', function: 'ext2_mount', offset: 28, file: '/src/fs/super.c', line: 40 },
};

test('an event is a line: when, what, from where to where, the place, and what the fault says', () => {
  expect(eventTable([event])).toBe(
    '    2.310 s  page-fault (#PF)  kernel → kernel  at ext2_mount+0x1c (super.c:40)  address 0x8  error 0x2',
  );
});

test('what the log does not tell is left out, and what nobody knows stands as it was', () => {
  const { pc: _, faultAddress: __, errorCode: ___, from: ____, to: _____, ...rest } = event;
  const irq: LocatedEvent = { ...rest, class: 'irq', name: 'IRQ', cpu: 1, place: undefined };
  const unknown: LocatedEvent = { ...rest, class: 'unknown', name: 'SMM: something', place: undefined };
  expect(eventTable([irq, unknown]).split('\n')).toEqual([
    '    2.310 s  vCPU 1  irq (IRQ)',
    '    2.310 s  SMM: something',
  ]);
});
