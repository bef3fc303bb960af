import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GdbBacktrace, parseGdbBacktraces } from './gdb-backtrace.ts';

const folder = path.resolve(import.meta.dirname, '../../fixtures/logs/gdb');

function recorded(name: string): string {
  return readFileSync(path.join(folder, `${name}.log`), 'utf8').split('=== output ===\n')[1] ?? '';
}

/** `address name,name` for each call; a tilde before one that the processor, not a call, came from. */
function shown(told: readonly GdbBacktrace[], cpu = 0): string[] | undefined {
  const calls = told.find((each) => each.cpu === cpu)?.calls;
  return calls?.map(({ address, isInterrupted, functions }) => {
    const names = functions.map(({ name = '??' }) => name).join(',');
    return `${isInterrupted ? '~' : ''}${address.toString(16)} ${names}`.trim();
  });
}

describe('a recorded answer of gdb', () => {
  test('tells of each vCPU, an inlined function beside the one that it is in', () => {
    const told = parseGdbBacktraces(recorded('x86_64-lock-two-cpus'));
    expect(shown(told, 0)).toEqual([
      '101068 cpu_relax,spin_lock',
      '10108e spin_lock_irqsave',
      '10301e ext2_update_directory',
      '102f40 ext2_rename',
      '102e9b word_lock_two_cpus',
      '1011ab kernel_main',
      '1003ee long_mode',
    ]);
    expect(shown(told, 1)?.slice(2)).toEqual([
      '102ffe ext2_write_inode',
      '102ee0 ext2_write_back',
      '100b53 secondary_main',
      '100ab2 secondary_entry',
    ]);
    expect(told.find(({ cpu }) => cpu === 0)?.calls[0]?.functions).toEqual([
      { name: 'cpu_relax', file: 'arch/x86_64/instructions.h', line: 39 },
      { name: 'spin_lock', file: 'kernel/lock.c', line: 10 },
    ]);
  });

  test('tells what an exception came upon, at the first line of which gdb shows no address', () => {
    expect(shown(parseGdbBacktraces(recorded('x86_64-exception-storm')))?.slice(0, 3)).toEqual([
      '1004d0',
      '~102c3e ramfs_read_page',
      '102b59 vfs_read',
    ]);
  });

  test('keeps the frames of a recursion apart, though they return to one address', () => {
    const calls = shown(parseGdbBacktraces(recorded('x86_64-stack-overflow'))) ?? [];
    expect(calls.slice(0, 8)).toEqual([
      '100a52 halt',
      '10156c panic_by_exception',
      '100df4 handle_exception',
      '10082d take_fault,take_exception',
      '100724',
      '~103342 btree_sum',
      '10335a btree_sum',
      '10335a btree_sum',
    ]);
    expect(calls.filter((call) => call.endsWith('btree_sum'))).toHaveLength(57);
  });

  test('names a vCPU that is halted, and one that was never started', () => {
    const told = parseGdbBacktraces(recorded('aarch64-panic'));
    expect(shown(told, 1)).toEqual(['0 ??']);
    expect(shown(told, 0)?.slice(0, 4)).toEqual([
      '4020264c halt',
      '40203070 stop',
      '4020302c panic',
      '40204fdc ext2_read_superblock',
    ]);
  });

  test('tells of a vCPU in user mode', () => {
    expect(shown(parseGdbBacktraces(recorded('aarch64-user-spin')))).toEqual(['402090e0 user_spin', '0 ??']);
  });

  test('has addresses alone where there are no symbols', () => {
    const told = parseGdbBacktraces(recorded('aarch64-linux-stripped'));
    expect(shown(told, 1)).toEqual(['ffffd679b41af4fc ??', 'ffffd679b36f734c ??', '1 ??']);
    expect(told).toHaveLength(2);
  });
});

const answer = (frame: string, address = '0x10') =>
  `Thread 1 (Thread 1.1 (CPU#0 [running])):\n${frame}\n\nThread 1 (Thread 1.1 (CPU#0 [running])):\n$1 = ${address}\n`;

test.each([
  ['#0  ns::Foo::bar<int> (this=<optimized out>, x=...) at /k/My File.cc:7', 'ns::Foo::bar<int>', '/k/My File.cc', 7],
  [
    '#0  0x10 in <kernel::Fs<u8> as kernel::Mount>::mount (self=...) at src/fs.rs:31',
    '<kernel::Fs<u8> as kernel::Mount>::mount',
    'src/fs.rs',
    31,
  ],
  ['#0  0x10 in kernel::main::{closure#0} () at src/main.rs:9', 'kernel::main::{closure#0}', 'src/main.rs', 9],
  ['#0  0x10 in memcpy () from /lib/kernel.so', 'memcpy', undefined, undefined],
  ['#0  0x10 in ?? ()', undefined, undefined, undefined],
])('%s', (frame, name, file, line) => {
  expect(parseGdbBacktraces(answer(frame))[0]?.calls).toEqual([
    { address: 0x10n, isInterrupted: false, functions: [{ name, file, line }] },
  ]);
});

test.each([
  '',
  'Remote connection closed',
  '/tmp/socket: No such file or directory.',
  'Thread 1 (Thread 1.1 (CPU#0 [running])):\nBacktrace stopped: Cannot access memory at address 0x128000\n',
])('%j has no backtrace', (output) => {
  expect(parseGdbBacktraces(output)).toEqual([]);
});

test('an answer that breaks off tells what it got to', () => {
  const whole = recorded('x86_64-stack-overflow');
  const begun = (output: string) => (shown(parseGdbBacktraces(output)) ?? []).map((call) => call.split(',')[0]);
  const calls = begun(whole);
  fc.assert(
    fc.property(fc.nat({ max: whole.length }), (length) => {
      const cut = begun(whole.slice(0, length));
      // The last number may be cut itself.
      expect(calls.slice(0, Math.max(cut.length - 1, 0))).toEqual(cut.slice(0, -1));
    }),
  );
});

test('no output is too odd', () => {
  const pieces = readdirSync(folder).flatMap((name) => recorded(name.replace('.log', '')).split(/(?<=[ \n(])/));
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 60 }), (parts) => {
      for (const { cpu, calls } of parseGdbBacktraces(parts.join(''))) {
        expect(Number.isInteger(cpu)).toBe(true);
        expect(calls.length).toBeLessThanOrEqual(parts.length);
      }
    }),
  );
});
