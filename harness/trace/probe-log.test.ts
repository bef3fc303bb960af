import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armCalls } from '../arch/aarch64-calls.ts';
import type { CallDialect } from '../arch/calls.ts';
import { x86Calls } from '../arch/x86_64-calls.ts';
import { ProbeLog } from './probe-log.ts';

const LOGS = path.join(import.meta.dirname, '../../fixtures/logs/calls');

/** What a log tells, as lines; and what is left of it. */
function read(dialect: CallDialect, log: Buffer, cuts: readonly number[] = []) {
  const told: string[] = [];
  const probes = new ProbeLog(dialect, {
    called: (address) => told.push(`called ${address}`),
    passed: (address, values) => told.push(`passed ${address} ${values.map((value) => value.toString(16)).join(' ')}`),
    calledBack: (address) => told.push(`back ${address}`),
  });
  const ends = [...cuts, log.length].sort((a, b) => a - b);
  const rest = ends.map((end, index) => probes.push(log.subarray(ends[index - 1] ?? 0, end)));
  return {
    told,
    rest: Buffer.concat([...rest, probes.end()]).toString('latin1'),
    unreadable: probes.unreadable,
  };
}

const trace = (cpu: number, pc: string) =>
  `Trace ${cpu}: 0x7fb09811a8c0 [0000000000000000/${pc}/0000c0b0/ff000200] f\n`;
const dump = (pc: string, rdi: string) =>
  [
    'RAX=0000000000000000 RBX=0000000000000000 RCX=0000000000000004 RDX=0000000000000003',
    `RSI=0000000000000002 RDI=${rdi} RBP=0000000000000000 RSP=0000000000127f88`,
    'R8 =0000000000000005 R9 =0000000000000006 R10=0000000000000000 R11=0000000000000000',
    `RIP=${pc} RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0`,
    'EFER=0000000000000500',
    '',
  ].join('\n');
const stopped = (pc: string) => `Stopped execution of TB chain before 0x7fb09811a8c0 [${pc}] f\n`;
const PRINT = '0000000000101600';
const FORK = 'ffffffff81000000';
const interrupt = (between = '') =>
  `Servicing hardware INT=0x20\n    12: v=20 e=0000 i=0 cpl=0 IP=0008:0000000000100cd6 pc=0000000000100cd6${between} SP=0010:0000000000127f40 env->regs[R_EAX]=0000000000000001\n${dump('0000000000100cd6', '00000000000000ff')}`;

const readX86 = (log: string, cuts?: readonly number[]) => read(x86Calls, Buffer.from(log, 'latin1'), cuts);

describe('calls', () => {
  test('are told with the registers that hold arguments, and the interrupts in between are left', () => {
    const log = trace(0, PRINT) + dump(PRINT, '0000000000000001') + interrupt() + trace(0, FORK) + dump(FORK, FORK);
    expect(readX86(log)).toEqual({
      told: [
        `called ${PRINT}`,
        `passed ${PRINT} 1 2 3 4 5 6`,
        `called ${FORK}`,
        `passed ${FORK} ffffffff81000000 2 3 4 5 6`,
      ],
      rest: interrupt(),
      unreadable: 0,
    });
  });

  test('of several vCPUs find their registers, also where these come late or in the middle of a line', () => {
    const log = [
      trace(0, PRINT),
      trace(1, FORK),
      interrupt(trace(2, PRINT)),
      dump(FORK, '0000000000000001'),
      dump(PRINT, '0000000000000002'),
      dump(PRINT, '0000000000000003'),
    ].join('');
    const { told, rest } = readX86(log);
    expect(told.filter((line) => line.startsWith('passed'))).toEqual([
      `passed ${FORK} 1 2 3 4 5 6`,
      `passed ${PRINT} 2 2 3 4 5 6`,
      `passed ${PRINT} 3 2 3 4 5 6`,
    ]);
    expect(told.filter((line) => line.startsWith('called'))).toHaveLength(3);
    expect(rest).toBe(interrupt());
  });

  test('that an interrupt kept from beginning are taken back', () => {
    const log = trace(0, PRINT) + dump(PRINT, '0000000000000001') + stopped(PRINT) + interrupt();
    expect(readX86(log)).toMatchObject({
      told: [`called ${PRINT}`, `passed ${PRINT} 1 2 3 4 5 6`, `back ${PRINT}`],
      rest: interrupt(),
    });
  });

  test('of 32-bit code have their arguments on the stack', () => {
    const [pc, registers] = ['0000000000101600', dump('00101600', '0').replaceAll(/\bR(?=[A-Z]{2}=)/g, 'E')];
    const log = trace(0, pc) + registers.replace(/R8 .*\n/, '');
    expect(readX86(log)).toMatchObject({ told: [`called ${pc}`, `passed ${pc} `], rest: '' });
  });

  test('that are written in another way are counted as unreadable', () => {
    expect(readX86('Trace 0: 0x7fb0 [00101600]\n')).toEqual({ told: [], rest: '', unreadable: 1 });
  });
});

test('an interrupt of the very instruction that a function begins with keeps its own registers', () => {
  const log = `${trace(0, PRINT)}${dump(PRINT, '0000000000000001')}    13: v=0e e=0002 i=0 cpl=0 IP=0008:${PRINT} pc=${PRINT} SP=0010:0000000000127f40 CR2=0000000000000000\n${dump(PRINT, '0000000000000001')}`;
  const { told, rest } = readX86(log);
  expect(told).toHaveLength(2);
  expect(rest).toMatch(/^ {4}13: v=0e .*\nRAX=.*\nRSI=(?:.*\n)*EFER=/);
});

test('a dump that never ends is let go', () => {
  const endless = `RAX=0000000000000000 RBX=0000000000000000\n${'R8 =0\n'.repeat(20_000)}`;
  expect(readX86(trace(0, PRINT) + endless).rest).toBe(endless);
});

test.each([
  ['x86_64', x86Calls],
  ['aarch64', armCalls],
] as const)('of a real log on %s, everything is found however it is cut', (arch, dialect) => {
  const [header = '', body = ''] = readFileSync(path.join(LOGS, arch, 'two-cpus.log'), 'latin1').split('=== log ===\n');
  const log = Buffer.from(body, 'latin1');
  const whole = read(dialect, log);
  const count = (what: string) => whole.told.filter((line) => line.startsWith(what)).length;
  const expected = [...header.matchAll(/^(called|passed|back): (\d+)$/gm)];
  expect(expected).toHaveLength(3);
  for (const [line, what = ''] of expected) expect(`${what}: ${count(what)}`).toBe(line);
  expect(whole.rest).not.toMatch(/Trace|Stopped/);
  expect(whole.unreadable).toBe(0);
  fc.assert(
    fc.property(fc.array(fc.nat(log.length), { maxLength: 40 }), (cuts) => {
      expect(read(dialect, log, cuts)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});
