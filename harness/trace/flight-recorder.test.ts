import { expect, test } from 'vitest';
import { armInterruptLog } from '../arch/aarch64-interrupts.ts';
import { x86InterruptLog } from '../arch/x86_64-interrupts.ts';
import { FlightRecorder } from './flight-recorder.ts';

const svc = (pc: number): Buffer =>
  Buffer.from(
    `Taking exception 2 [SVC] on CPU 0\n...from EL0 to EL1\n...with ELR 0x${pc.toString(16)}\n...to EL1 PC 0x0 PSTATE 0x3c5\n`,
  );

test('the last events stay, all of them are counted, and each has its time', () => {
  let now = 0;
  const recorder = new FlightRecorder(armInterruptLog, () => now, 10);
  for (now = 1; now <= 1_000; now++) recorder.push(svc(now));
  expect(recorder.count('syscall')).toBe(1_000);
  expect(recorder.recent().map(({ pc }) => Number(pc))).toEqual([991, 992, 993, 994, 995, 996, 997, 998, 999, 1_000]);
  expect(recorder.recent(2).map(({ atMs }) => atMs)).toEqual([999, 1_000]);
  expect(recorder.count('irq')).toBe(0);
});

test('the event that the guest stands still after is there before the log goes on', () => {
  const recorder = new FlightRecorder(armInterruptLog, () => 7);
  recorder.push(svc(1));
  expect(recorder.recent()).toMatchObject([{ class: 'syscall', pc: 1n, atMs: 7 }]);
  expect(recorder.count('syscall')).toBe(1);
  recorder.end();
  expect(recorder.recent()).toHaveLength(1);
  expect(recorder.count('syscall')).toBe(1);
});

test('a storm of long records is bounded in bytes as well', () => {
  const recorder = new FlightRecorder(x86InterruptLog, () => 0, 100_000);
  const dump = 'RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000000 RDX=0000000000000000\n'.repeat(90);
  for (let index = 0; index < 2_000; index++) recorder.push(Buffer.from(`CPU Reset (CPU 0)\n${dump}`));
  const bytes = recorder.recent().reduce((sum, { raw }) => sum + raw.length, 0);
  expect(bytes).toBeLessThan(2 ** 23);
  expect(recorder.recent().length).toBeGreaterThan(100);
  expect(recorder.count('reset')).toBe(2_000);
});
