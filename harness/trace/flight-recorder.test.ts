import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aarch64 } from '../arch/aarch64.ts';
import { x86_64 } from '../arch/x86_64.ts';
import { FlightRecorder } from './flight-recorder.ts';

const taken = (name: string, pc: number): string =>
  `Taking exception 2 [${name}] on CPU 0\n...from EL0 to EL1\n...with ELR 0x${pc.toString(16)}\n...to EL1 PC 0x0 PSTATE 0x3c5\n`;
const svc = (pc: number): Buffer => Buffer.from(taken('SVC', pc));

test('the last events stay, all of them are counted, and each has its time', () => {
  let now = 0;
  const recorder = new FlightRecorder(aarch64, () => now);
  for (now = 1; now <= 1_000; now++) recorder.push(svc(now));
  expect(recorder.events).toBe(1_000);
  expect(recorder.recent()).toHaveLength(512);
  expect(recorder.recent(3).map(({ pc }) => Number(pc))).toEqual([998, 999, 1_000]);
  expect(recorder.recent(2).map(({ atMs }) => atMs)).toEqual([999, 1_000]);
  expect(recorder.interrupts).toBe(0);
});

test('events and interrupts are counted alike however the log is cut', () => {
  const log = Buffer.from(
    `${taken('IRQ', 1)}${taken('SVC', 2)}Exception return from AArch64 EL1 to AArch64 EL0 PC 0x1\n`,
  );
  fc.assert(
    fc.property(fc.array(fc.nat(log.length)), (cuts) => {
      const recorder = new FlightRecorder(aarch64, () => 0);
      const ends = [...cuts, log.length].sort((a, b) => a - b);
      for (const [index, end] of ends.entries()) recorder.push(log.subarray(ends[index - 1] ?? 0, end));
      expect([recorder.events, recorder.interrupts]).toEqual([2, 1]);
      expect(recorder.recent().map((event) => event.class)).toEqual(['irq', 'syscall', 'exception-return']);
    }),
  );
});

test('the event that the guest stands still after is there before the log goes on', () => {
  const recorder = new FlightRecorder(aarch64, () => 7);
  recorder.push(svc(1));
  expect(recorder.recent()).toMatchObject([{ class: 'syscall', pc: 1n, atMs: 7 }]);
  recorder.end();
  expect(recorder.recent()).toHaveLength(1);
});

test('a log that is cut short says so', () => {
  const recorder = new FlightRecorder(aarch64, () => 7);
  recorder.push(svc(1).subarray(0, 34));
  recorder.end();
  expect(recorder.recent()).toMatchObject([{ class: 'syscall', truncated: true }]);
});

test('what is kept of a storm is bounded, and begins with a whole event', () => {
  const recorder = new FlightRecorder(x86_64, () => 0);
  const dump = 'RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000\n'.repeat(90);
  const storm = Buffer.from(`CPU Reset (CPU 0)\n${dump}EFER=0000000000000000\n`.repeat(2_000));
  for (let at = 0; at < storm.length; at += 65_536) recorder.push(storm.subarray(at, at + 65_536));
  const kept = recorder.recent(10_000);
  expect(kept.length).toBeGreaterThan(100);
  expect(kept.length).toBeLessThan(200);
  expect(new Set(kept.map((event) => event.class))).toEqual(new Set(['reset']));
});

test('a line without an end is no reason to grow', () => {
  const recorder = new FlightRecorder(aarch64, () => 0);
  for (let piece = 0; piece < 64; piece++) recorder.push(Buffer.alloc(2 ** 16, 'x'));
  recorder.push(Buffer.from('\n'));
  recorder.push(svc(5));
  expect(recorder.recent(1)).toMatchObject([{ class: 'syscall', pc: 5n }]);
});

test('a fault that comes over and over is found at the end of the log', () => {
  const recorder = new FlightRecorder(aarch64, () => 0);
  const fault = Buffer.from(taken('Data Abort', 0x4000).repeat(50));
  for (let piece = 0; piece < 500; piece++) recorder.push(piece < 20 ? svc(piece) : fault);
  expect(recorder.glance().cycle.turns).toBeGreaterThan(500);
  expect(recorder.glance().cycle.first?.pc).toBe(0x4000n);
});
