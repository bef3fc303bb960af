import { expect, test } from 'vitest';
import { FaultCycle } from './fault-cycle.ts';
import type { TraceEvent } from './interrupt-log.ts';

function event(name: TraceEvent['class'], pc = 0x1000, faultAddress?: number): TraceEvent {
  return {
    class: name,
    name,
    pc: BigInt(pc),
    atMs: 0,
    raw: '',
    truncated: false,
    ...(faultAddress === undefined ? {} : { faultAddress: BigInt(faultAddress) }),
  };
}

function cycleOf(events: readonly TraceEvent[]): FaultCycle {
  const cycle = new FaultCycle();
  for (const each of events) cycle.take(each);
  return cycle;
}

test('a fault that is never cured is counted, whatever interrupts and returns come between', () => {
  const turn = [event('page-fault', 0x1000, 0), event('exception-return'), event('irq', 0x2000)];
  const cycle = cycleOf(Array.from({ length: 100 }, () => turn).flat());
  expect(cycle.turns).toBe(99);
  expect(cycle.first?.pc).toBe(0x1000n);
});

test('a fault that leads to another and both again is a cycle, told by the first', () => {
  const turn = [event('page-fault', 0x1000, 8), event('protection-fault', 0x2000)];
  const cycle = cycleOf(Array.from({ length: 50 }, () => turn).flat());
  expect(cycle.turns).toBe(98);
  expect(cycle.first?.class).toBe('page-fault');
});

test('faults at other addresses are work', () => {
  const paging = Array.from({ length: 1_000 }, (_, page) => event('page-fault', 0x1000, 4096 * page));
  expect(cycleOf(paging).turns).toBe(0);
});

test('system calls from one place are work', () => {
  expect(cycleOf(Array.from({ length: 100 }, () => event('syscall'))).first).toBeUndefined();
});

test('what was new at last counts from there', () => {
  const before = Array.from({ length: 9 }, () => event('page-fault', 0x1000, 0));
  const cycle = cycleOf([...before, event('page-fault', 0x3000, 0), event('page-fault', 0x3000, 0)]);
  expect(cycle.turns).toBe(1);
});
