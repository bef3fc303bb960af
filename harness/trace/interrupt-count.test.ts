import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aarch64 } from '../arch/aarch64.ts';
import { x86_64 } from '../arch/x86_64.ts';
import { FlightRecorder } from './flight-recorder.ts';
import { countedClasses, InterruptCount, type InterruptTotal, profileOf } from './interrupt-count.ts';
import { InterruptScanner } from './interrupt-scanner.ts';

const archs = { x86_64, aarch64 };
type Arch = keyof typeof archs;

function logOf(arch: Arch, name: string): Buffer {
  return readFileSync(new URL(`../../fixtures/logs/int/${arch}/${name}.log`, import.meta.url));
}

function countedIn(arch: Arch, log: Buffer): InterruptTotal[] {
  const count = new InterruptCount(archs[arch], []);
  count.push(log);
  count.end();
  return count.totals();
}

const sum = (totals: readonly InterruptTotal[]) => totals.reduce((all, { count }) => all + count, 0);

/** Where each event begins that a count should know of. An interrupt without a record is the firmware's. */
function beginnings(arch: Arch, log: Buffer): number[] {
  const found: number[] = [];
  const scanner = new InterruptScanner(archs[arch], (event) => {
    const isCounted = countedClasses.some((kind) => kind === event.class);
    if (isCounted && (event.told !== 0 || event.class !== 'irq')) found.push(event.startsAt);
  });
  scanner.push(log);
  scanner.end();
  return found;
}

describe('a count', () => {
  test.each<[Arch, string, ReturnType<typeof profileOf>]>([
    ['x86_64', 'boot', { irq: 12, syscall: 2 }],
    ['x86_64', 'exception-storm', { irq: 1, 'page-fault': 30 }],
    ['x86_64', 'double-fault', { irq: 2, syscall: 2, 'page-fault': 1, 'double-fault': 1 }],
    ['x86_64', 'triple-fault', { irq: 1, syscall: 2, 'page-fault': 1, 'double-fault': 1, 'triple-fault': 1 }],
    ['x86_64', 'protection-fault', { irq: 1, syscall: 2, 'protection-fault': 1 }],
    ['aarch64', 'prompt-idle', { irq: 111, syscall: 2 }],
    ['aarch64', 'user-fault', { irq: 1, syscall: 2, 'hypervisor-call': 1, 'page-fault': 1 }],
    ['aarch64', 'undefined-instruction', { irq: 1, syscall: 2, 'undefined-instruction': 1 }],
  ])('of what a kernel takes is exact, and without the firmware’s: %s, %s', (arch, name, profile) => {
    expect(profileOf(countedIn(arch, logOf(arch, name)))).toEqual(profile);
  });

  test('tells vectors and names, the most frequent first', () => {
    expect(countedIn('x86_64', logOf('x86_64', 'boot'))).toEqual([
      { class: 'irq', name: 'IRQ 0x20', vector: 0x20, count: 12 },
      { class: 'syscall', name: 'int 0x80', vector: 0x80, count: 2 },
    ]);
    expect(countedIn('aarch64', logOf('aarch64', 'user'))).toEqual([
      { class: 'syscall', name: 'SVC', vector: 2, count: 5 },
      { class: 'irq', name: 'IRQ', vector: 5, count: 2 },
      { class: 'hypervisor-call', name: 'Hypervisor Call', vector: 11, count: 1 },
    ]);
  });

  test('of nothing is nothing', () => {
    expect(countedIn('x86_64', Buffer.alloc(0))).toEqual([]);
    expect(profileOf([])).toEqual({});
    expect(countedIn('aarch64', Buffer.from('not an interrupt log\nat all\n'))).toEqual([]);
  });

  test.each<[Arch, string]>([
    ['x86_64', 'boot'],
    ['x86_64', 'double-fault'],
    ['aarch64', 'user'],
    ['aarch64', 'vector-fault'],
  ])('has every event that begins after it did, and no other, wherever that is: %s, %s', (arch, name) => {
    const log = logOf(arch, name);
    const all = beginnings(arch, log);
    fc.assert(
      fc.property(fc.nat(log.length), fc.array(fc.nat(log.length)), (from, cuts) => {
        const recorder = new FlightRecorder(archs[arch], () => 0);
        const ends = [...new Set([...cuts, from, log.length])].sort((a, b) => a - b);
        let count = from === 0 ? recorder.startCount().count : undefined;
        for (const [index, end] of ends.entries()) {
          recorder.push(log.subarray(ends[index - 1] ?? 0, end));
          if (end === from) count ??= recorder.startCount().count;
        }
        recorder.end();
        expect(sum(count?.totals() ?? [])).toBe(all.filter((at) => at >= from).length);
      }),
      {
        examples: all.slice(0, 4).flatMap((at): [number, number[]][] => [
          [at, []],
          [at + 1, [at + 9]],
        ]),
      },
    );
  });

  test('has the event that the guest stands still after', () => {
    const log = logOf('x86_64', 'protection-fault');
    const count = new InterruptCount(x86_64, []);
    const [last = 0] = beginnings('x86_64', log).slice(-1);
    count.push(log.subarray(0, log.indexOf('RAX=', last)));
    expect(profileOf(count.totals())).toEqual({ irq: 1, syscall: 2, 'protection-fault': 1 });
    count.push(log.subarray(log.indexOf('RAX=', last)));
    expect(profileOf(count.totals())).toEqual({ irq: 1, syscall: 2, 'protection-fault': 1 });
  });

  test('that has been stopped grows no more', () => {
    const recorder = new FlightRecorder(aarch64, () => 0);
    const { count, stop } = recorder.startCount();
    recorder.push(logOf('aarch64', 'user'));
    const before = sum(count.totals());
    stop();
    recorder.push(logOf('aarch64', 'user'));
    expect(sum(count.totals())).toBe(before);
  });
});
