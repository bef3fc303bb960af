import { expect, test } from 'vitest';
import { parseFunctionTable } from './function-table.ts';

const everywhere = () => true;

test('functions are told from data, and where no code stands there is no function', () => {
  const lines = [
    'ffffffff81000000 T start_kernel',
    'ffffffff81000010 t init',
    'ffffffff81000020 t init',
    'ffffffff82000000 D init_task',
    'ffffffff83000000 W weak_data',
    '0000000000000001 a CR0_PE',
    '                 U undefined',
    'nm: warning: x',
    '',
  ];
  const table = parseFunctionTable(lines, lines, (address) => address < 0xffffffff82000000n);
  expect(table.map(({ name, isFunction, isGlobal }) => [name, isFunction, isGlobal])).toEqual([
    ['start_kernel', true, true],
    ['init', true, false],
    ['init', true, false],
    ['init_task', false, true],
    ['weak_data', false, true],
    ['CR0_PE', false, false],
  ]);
});

test('names of Rust and C++ can be read', () => {
  const lines = [
    '0000000000100000 T _ZN6kernel2fs4open17h0123456789abcdefE',
    '0000000000100010 T _ZN2fs4openEPKci',
    '0000000000100020 T plain\r',
  ];
  const demangled = [
    '0000000000100000 T kernel::fs::open::h0123456789abcdef',
    '0000000000100010 T fs::open(char const*, int)',
    '0000000000100020 T plain',
  ];
  expect(parseFunctionTable(lines, demangled, everywhere).map(({ readable }) => readable)).toEqual([
    'kernel::fs::open',
    'fs::open',
    'plain',
  ]);
  // A tool that told of other symbols says nothing of these.
  expect(parseFunctionTable(lines, demangled.slice(1), everywhere)[1]?.readable).toBe('_ZN2fs4openEPKci');
});
