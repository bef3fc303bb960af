import { expect, test } from 'vitest';
import { ArgumentValues } from '../trace/argument-values.ts';
import type { FunctionCalls, ProbeReading } from '../trace/function-probes.ts';
import { probeTable, probeText } from './probe-text.ts';

function called(name: string, values: readonly (readonly bigint[])[]): FunctionCalls {
  const counted: ArgumentValues[] = [];
  for (const call of values)
    for (const [index, value] of call.entries()) {
      counted[index] ??= new ArgumentValues();
      counted[index].add(value);
    }
  return { name, address: '0x100000', calls: values.length, arguments: counted.map((each) => each.read()) };
}

const BUFFERS = Array.from({ length: 1_500 }, (_, index) => 0xffff_8880_0000_0000n + BigInt(index) * 4096n);
const reading: ProbeReading = {
  tookMs: 2_000,
  functions: [
    called('sys_exit', []),
    called('sys_close', [[2n ** 64n - 2n]]),
    called(
      'sys_write',
      BUFFERS.map((buffer, index) => [1n, buffer, index % 10 === 0 ? 4096n : 16n]),
    ),
  ],
  problems: [],
};

test('a terminal shows the most called first, with the arguments that are wanted', () => {
  expect(probeTable(reading, { shownArguments: 3 }).split('\n')).toEqual([
    'function   calls  per s  arguments',
    'sys_write  1,500    750  1 | 0xffff888000000000…0xffff8880005db000 | 16 (90 %), 4096 (10 %)',
    'sys_close      1    0.5  -2',
    'not called: sys_exit',
  ]);
  expect(probeTable(reading, { shownArguments: 0 }).split('\n')[1]).toBe('sys_write  1,500    750');
});

test('a file tells of each function how its arguments are spread', () => {
  const text = probeText(reading);
  expect(text).toContain(
    [
      'sys_write  1,500 calls, 750 per s',
      '  argument 1  1',
      '  argument 2  over 64 values, 0xffff888000000000 to 0xffff8880005db000; most often 0xffff888000000000 (<1 %), 0xffff888000001000 (<1 %), 0xffff888000002000 (<1 %), …',
      '  argument 3  16 (90 %), 4096 (10 %)',
    ].join('\n'),
  );
  expect(text).toContain('sys_exit  not called');
});

test('what stands in the way of trusting it is said', () => {
  const doubtful = { ...reading, problems: ['the kernel is another one'] };
  expect(probeText(doubtful)).toMatch(/^# the kernel is another one$/m);
  expect(probeTable(doubtful, { shownArguments: 1 })).toMatch(/^! the kernel is another one$/m);
});
