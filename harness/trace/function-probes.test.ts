import { expect, test } from 'vitest';
import { armCalls } from '../arch/aarch64-calls.ts';
import { FunctionProbes } from './function-probes.ts';

const registers = (pc: string, x0: number) =>
  ` PC=${pc} X00=${x0.toString(16).padStart(16, '0')} ${[1, 2, 3, 4, 5, 6, 7].map((n) => `X0${n}=000000000000000${n}`).join('\n')}\nPSTATE=60000345 -ZC- EL1h\n`;
const call = (pc: string, x0: number) =>
  Buffer.from(`Trace 0: 0x7ff08800dbc0 [0000000000004000/${pc}/00000121/ff000200] \n${registers(pc, x0)}`);
const [FORK, EXIT] = ['0000000040203100', '0000000040203200'];
const FUNCTIONS = [
  { name: 'fork', address: '0x40203100' },
  { name: 'exit', address: '0x40203200' },
];

test('calls are counted by function, those that are never called too', () => {
  let now = 0;
  const probes = new FunctionProbes(FUNCTIONS, armCalls, () => now);
  for (const value of [1, 1, 2]) probes.push(call(FORK, value));
  probes.push(call('0000000040209999', 7)); // Somebody else's.
  now = 500;
  expect(probes.read()).toMatchObject({
    tookMs: 500,
    functions: [
      { name: 'fork', address: '0x40203100', calls: 3 },
      { name: 'exit', calls: 0, arguments: [] },
    ],
    problems: [],
  });
  const [first] = probes.read().functions[0]?.arguments ?? [];
  expect(first?.values).toEqual([
    { value: 1n, times: 2 },
    { value: 2n, times: 1 },
  ]);
  expect(probes.read().functions[0]?.arguments).toHaveLength(8);
});

test('counting begins anew, and time with it', () => {
  let now = 100;
  const probes = new FunctionProbes(FUNCTIONS, armCalls, () => now);
  probes.push(call(EXIT, 1));
  probes.begin();
  now = 150;
  probes.push(call(EXIT, 2));
  const { tookMs, functions } = probes.read();
  expect([tookMs, functions[1]?.calls]).toEqual([50, 1]);
  expect(functions[1]?.arguments[0]?.values).toEqual([{ value: 2n, times: 1 }]);
});

test('a call that did not begin is none; one that was told before the counting began is not taken off it', () => {
  const probes = new FunctionProbes(FUNCTIONS, armCalls, () => 0);
  const stopped = Buffer.from(`Stopped execution of TB chain before 0x7ff08800dbc0 [${FORK}] \n`);
  probes.push(Buffer.concat([call(FORK, 1), stopped]));
  expect(probes.read().functions[0]).toMatchObject({ calls: 0, arguments: expect.arrayContaining([]) });
  probes.push(call(FORK, 1));
  expect(probes.read().functions[0]?.calls).toBe(1);
  probes.begin();
  probes.push(stopped);
  expect(probes.read().functions[0]?.calls).toBe(0);
});

test('records that cannot be read are told', () => {
  const probes = new FunctionProbes(FUNCTIONS, armCalls, () => 0);
  probes.push(Buffer.from('Trace 0: [40203100]\n'));
  expect(probes.read().problems).toEqual([expect.stringMatching(/^1 of QEMU’s records of calls could not be read/)]);
});
