import { describe, expect, test } from 'vitest';
import type { VcpuSample } from '../machine/vcpu-sampler.ts';
import type { CodePlace } from '../verdict/code-place.ts';
import type { Failure, Verdict } from '../verdict/verdict.ts';
import type { VcpuBacktrace } from './backtraces.ts';
import { locatedVerdict } from './located-verdict.ts';

const vcpu: VcpuSample = {
  cpu: 0,
  pc: 0x1000n,
  sp: 0x8000n,
  privilege: 'kernel',
  interruptsOn: false,
  halted: false,
  thread: undefined,
  dump: '',
};

function places(...functions: string[]): CodePlace[] {
  return functions.map((name, index) => ({ address: `0x${(0x1000 + index).toString(16)}`, function: name, offset: 4 }));
}

function backtrace(cpu: number, ...functions: string[]): VcpuBacktrace {
  return { vcpu: { ...vcpu, cpu }, frames: places(...functions) };
}

function hangOn(cpu: number): Failure {
  const frames = [{ address: '0x1000' }];
  return { kind: 'hang', how: 'spinning', waitingFor: 'x', forMs: 1, vcpu: cpu, interruptsOn: true, events: 0, frames };
}

function functionsOf(verdict: Verdict): (string | undefined)[] {
  const failure = verdict.kind === 'expected-failure' ? verdict.actual : verdict;
  const frames = failure.kind === 'hang' || failure.kind === 'crash' ? failure.frames : [];
  return (frames ?? []).map(({ function: name }) => name);
}

describe('a hang', () => {
  test('is followed by the callers of the vCPU that shows it', () => {
    const vcpus = [backtrace(0, 'idle'), backtrace(1, 'spin_lock', 'ext2_create', 'vfs_create')];
    expect(functionsOf(locatedVerdict(hangOn(1), vcpus, places('spin_lock')))).toEqual([
      'spin_lock',
      'ext2_create',
      'vfs_create',
    ]);
  });

  test('begins below the handler of an interrupt that was being taken', () => {
    const vcpus = [backtrace(0, 'timer_tick', 'handle_irq', 'spin_lock', 'ext2_create')];
    expect(functionsOf(locatedVerdict(hangOn(0), vcpus, places('spin_lock')))).toEqual(['spin_lock', 'ext2_create']);
  });

  test('begins with what faults over and over, where a vector was caught', () => {
    const vcpus = [backtrace(0, 'vectors', 'vfs_read', 'sys_read')];
    expect(functionsOf(locatedVerdict(hangOn(0), vcpus, places('ramfs_read')))).toEqual([
      'ramfs_read',
      'vfs_read',
      'sys_read',
    ]);
  });

  test('keeps its address where nothing more is known', () => {
    const named = [{ address: '0x1000' }];
    expect(locatedVerdict(hangOn(0), [], named)).toMatchObject({ frames: named });
  });

  test('that was expected is located as well', () => {
    const expected: Verdict = { kind: 'expected-failure', because: 'no port', actual: hangOn(0) };
    expect(functionsOf(locatedVerdict(expected, [], places('spin_lock')))).toEqual(['spin_lock']);
  });

  test('has no more frames than anybody reads', () => {
    const deep = Array.from({ length: 64 }, (_, index) => `f${index}`);
    expect(functionsOf(locatedVerdict(hangOn(0), [backtrace(0, ...deep)], places('f0')))).toHaveLength(16);
  });
});

describe('a crash', () => {
  const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'PANIC' };

  test('is at the function that called the panic', () => {
    const named = places('panic', 'ext2_mount', 'vfs_mount');
    expect(functionsOf(locatedVerdict({ ...crash, frames: named }, [], named))).toEqual(['ext2_mount', 'vfs_mount']);
  });

  test('without a printed backtrace is where a vCPU still stands in its panic', () => {
    const vcpus = [backtrace(0, 'idle', 'main'), backtrace(1, 'halt', 'panic', 'ext2_mount', 'vfs_mount')];
    expect(functionsOf(locatedVerdict(crash, vcpus, []))).toEqual(['ext2_mount', 'vfs_mount']);
  });

  test('of a kernel that does something else by now is nowhere', () => {
    expect(locatedVerdict(crash, [backtrace(0, 'idle', 'main')], [])).toEqual(crash);
  });
});
