import { expect, test } from 'vitest';
import { gdbArguments } from './gdb-arguments.ts';

const session = { architecture: 'aarch64', socket: '/tmp/tb/1/gdb', symbols: '/build/a kernel.elf' };

test('gdb has the symbols, the architecture and the machine before it does what the user asks', () => {
  expect(gdbArguments(session, ['-batch', '-ex', 'bt'])).toEqual([
    '-q',
    ...['-iex', 'set remote query-attached-packet off'],
    ...['-iex', 'set remote kill-packet off', '-iex', 'set remote multiprocess-feature-packet off'],
    ...['-se', '/build/a kernel.elf'],
    ...['-ex', 'set architecture aarch64'],
    ...['-ex', 'target remote /tmp/tb/1/gdb'],
    ...['-batch', '-ex', 'bt'],
  ]);
});

test('without symbols gdb is told of no file', () => {
  expect(gdbArguments({ ...session, symbols: undefined }, [])).not.toContain('-se');
});
