import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { archNames } from '../arch/archs.ts';
import { withoutMachinery } from './panic-machinery.ts';
import { framesAtFault, printedFrames } from './printed-frames.ts';

const LOGS = path.resolve(import.meta.dirname, '../../fixtures/logs/console');

describe.each(archNames)('on %s', (arch) => {
  test.each(readdirSync(path.join(LOGS, arch)))('the frames of %s are those that it printed', (file) => {
    const lines =
      readFileSync(path.join(LOGS, arch, file), 'utf8')
        .split('=== log ===\n')[1]
        ?.trimEnd()
        .split('\n') ?? [];
    const printed = lines.flatMap((line) => /^ {2}#\d+ (0x[0-9a-f]+)$/.exec(line)?.[1] ?? []);
    expect(framesAtFault(lines)).toEqual(printed.map((address) => ({ address })));
  });
});

describe('a frame printed as', () => {
  test.each([
    ['#0 0x1032b2', { address: 0x1032b2n }],
    [
      '#1  0xffffffff80104c42 in vfs_open (name=0x0) at fs/vfs.c:31',
      { address: 0xffffffff80104c42n, function: 'vfs_open', file: 'fs/vfs.c', line: 31 },
    ],
    [
      '  3: 0xffffffff80104c42 - <a::B as c::D>::e::h0123456789abcdef',
      { address: 0xffffffff80104c42n, function: '<a::B as c::D>::e' },
    ],
    ['  3: core::option::unwrap', { function: 'core::option::unwrap' }],
    ['[2] 0xffff000000081234 <main+5>', { address: 0xffff000000081234n, function: 'main', offset: 5 }],
    ['frame 2: 0xffff000000081234 (main+0x12)', { address: 0xffff000000081234n, function: 'main', offset: 18 }],
    ['0xffffffff80012345 kernel::main + 0x12', { address: 0xffffffff80012345n, function: 'kernel::main', offset: 18 }],
    [' ext2_read+0x1c/0x90 [ext2]', { function: 'ext2_read', offset: 28 }],
    [' [<ffffffff8100abcd>] ext2_read+0x1c/0x90', { address: 0xffffffff8100abcdn, function: 'ext2_read', offset: 28 }],
    ['  FP ffff800000001000: PC ffffffff80012345', { address: 0xffffffff80012345n }],
    ['rip=0xffffffff80012345 rbp=0xffff800000001000', { address: 0xffffffff80012345n }],
    ['  ffffffff80012345', { address: 0xffffffff80012345n }],
    ['[    1.234567][    T1] [ERROR kernel] 0xffffffff80012345', { address: 0xffffffff80012345n }],
  ])('%j is read', (line, frame) => {
    expect(printedFrames(['backtrace:', line])).toEqual([frame]);
  });

  test.each([
    'error: see the log',
    '#12 added',
    'deadbeef is no frame',
    '  0: 0x1000-0x2000 usable',
    '10 decades',
    'ip 10.0.2.15',
    'note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace',
  ])('%j is none outside of a backtrace', (line) => {
    expect(printedFrames(['KERNEL PANIC: x', 'registers', line])).toEqual([]);
  });
});

describe('a backtrace', () => {
  test('is read in spite of what another vCPU prints into it', () => {
    const lines = ['backtrace:', '#0 0x1000', 'cpu1: tick', '#1 0x2000', 'cpu1: tick', 'cpu1: tick', '#2 0x3000'];
    expect(printedFrames(lines).map(({ address }) => address)).toEqual([0x1000n, 0x2000n, 0x3000n]);
  });

  test('ends where another begins', () => {
    for (const next of [['#0 0x9000'], ['backtrace of cpu 1:', '#2 0x9000'], ['a', 'b', 'c', 'd', '#2 0x9000']]) {
      expect(printedFrames(['backtrace:', '#0 0x1000', '#1 0x2000', ...next])).toHaveLength(2);
    }
  });

  test('that leads through a handler begins where the processor was', () => {
    expect(printedFrames(['RIP: 0x2000', 'backtrace:', '0x1000', '0x2000', '0x3000'])).toEqual([
      { address: 0x2000n },
      { address: 0x3000n },
    ]);
  });

  test.each([
    ['RIP: 0010:ext2_read+0x1c/0x90', { function: 'ext2_read', offset: 28 }],
    ['pc : ext2_read+0x1c/0x90', { function: 'ext2_read', offset: 28 }],
    ['pc : 0x0', { address: 0n }],
    ['  rip 0x100d3e cs 0x8 rflags 0x246', { address: 0x100d3en }],
    ['RAX=0000000000000000 RIP=ffffffff80001234', { address: 0xffffffff80001234n }],
    ['ELR_EL1: 0xffff000040080000, FAR_EL1: 0x4', { address: 0xffff000040080000n }],
  ])('that was not printed begins where a register dump says: %j', (line, frame) => {
    expect(printedFrames(['KERNEL PANIC: x', line])).toEqual([frame]);
  });

  test('does not begin in a program', () => {
    expect(printedFrames(['KERNEL PANIC: x', 'RIP: 0033:0x47b7a0', 'rip 001b:0x47b7a0'])).toEqual([]);
  });

  test('leaves out the name of a function that was not called: the call before it was the last of another', () => {
    const lines = ['Call trace:', ' panic+0x184/0x364', ' innocent+0x0/0xa0', ' guilty+0x90/0x19c'];
    expect(framesAtFault(lines)).toEqual([{ function: 'guilty', offset: 0x90 }]);
  });

  test('is bounded', () => {
    const lines = Array.from({ length: 1_000 }, (_, index) => `#${index} 0x1000`);
    expect(printedFrames(['backtrace:', ...lines])).toHaveLength(64);
  });
});

describe('the place at fault', () => {
  const named = (names: readonly string[]) => names.map((name) => ({ function: name }));

  test.each([
    [['panic', 'vfs_open', 'main']],
    [['dump_stack_lvl', 'dump_stack', 'panic', 'vfs_open', 'main']],
    [['print_backtrace', 'kpanic', 'vfs_open', 'main']],
    [['my_unwinder', 'kernel_panic', 'vfs_open', 'main']],
    [['__assert_fail', 'vfs_open', 'main']],
    [['panic', '__stack_chk_fail', 'vfs_open', 'main']],
    [
      [
        'rust_begin_unwind',
        'core::panicking::panic_fmt',
        'core::panicking::panic',
        'core::option::unwrap_failed',
        'vfs_open',
        'main',
      ],
    ],
    [['kernel::panic::panic_handler', 'core::panicking::panic_fmt', 'vfs_open', 'main']],
    [['core::result::Result<T,E>::unwrap', 'vfs_open', 'main']],
    [['builtin.default_panic', 'vfs_open', 'main']],
    [
      [
        'Kernel::dump_backtrace()',
        'Kernel::__panic(char const*, unsigned int)',
        'abort.localalias',
        'vfs_open',
        'main',
      ],
    ],
  ])('is not in the machinery of a panic: %j', (names) => {
    expect(withoutMachinery(named(names))).toEqual(named(['vfs_open', 'main']));
  });

  test.each([
    [['panic_test', 'main']],
    [['vfs_read', 'vfs_open', 'panic_test', 'main']],
    [['stack_push', 'main']],
    [['panic']],
    [['word_panic']],
  ])('is not searched below functions that only sound so: %j', (names) => {
    expect(withoutMachinery(named(names))).toEqual(named(names));
  });

  test('is the first frame where it has no name', () => {
    expect(withoutMachinery([{}, ...named(['vfs_open'])])).toEqual([{}, ...named(['vfs_open'])]);
  });
});
