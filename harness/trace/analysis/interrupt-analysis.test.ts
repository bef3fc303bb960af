import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arch, archNames, describeArch } from '../../arch/archs.ts';
import type { AnalysedLog, AnalysisRequest } from './interrupt-analysis.ts';
import { StreamedLog } from './streamed-log.ts';

const LOGS = path.join(import.meta.dirname, '../../../fixtures/logs/int');
const dump = (idt = 'fffffe0000000000', smm = 0) => [
  'RAX=0000000000000001 RBX=ffff8cdc81158600 RCX=0000000000015a00 RDX=0000000000000001',
  `RIP=ffffffffb6a01ef0 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=${smm} HLT=0`,
  `IDT=     ${idt} 00000fff`,
  'EFER=0000000000000d01',
];
const KERNEL = 'ffffffff81000000';
const STACK = 'ffffffff82003f00';

interface Made {
  readonly vector?: string;
  readonly cpl?: number;
  readonly pc?: string;
  readonly sp?: string;
  readonly cr2?: string;
  readonly idt?: string;
  readonly smm?: number;
}

/** A record as QEMU writes it. */
function record(
  number: number,
  { vector = '20', cpl = 0, pc = KERNEL, sp = STACK, cr2, idt, smm }: Made = {},
): string[] {
  const end = cr2 === undefined ? 'env->regs[R_EAX]=0000000000000000' : `CR2=${cr2}`;
  return [
    `${String(number).padStart(6)}: v=${vector} e=0000 i=0 cpl=${cpl} IP=0010:${pc} pc=${pc} SP=0018:${sp} ${end}`,
    ...dump(idt, smm),
  ];
}

const x86 = (...records: readonly Made[]): AnalysedLog =>
  analyse('x86_64', `${records.flatMap((made, number) => record(number, made)).join('\n')}\n`);

function analyse(arch: Arch, text: string, request: Partial<AnalysisRequest> = {}, cuts: readonly number[] = []) {
  const analysis = new StreamedLog(describeArch(arch), { last: 10, stacks: [], ...request });
  const bytes = Buffer.from(text, 'latin1');
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    analysis.push(bytes.subarray(from, cut));
    from = cut;
  }
  return analysis.end();
}

const repeated = (made: Made, times: number): Made[] => Array.from({ length: times }, () => made);
const fault = { vector: '0e', cr2: '0000000000000008' };
const program = { cpl: 3, pc: '0000000000401000', sp: '00007ffc00000000' };

describe('storms', () => {
  test('the kernel’s same fault over and over is one, with interrupts in between', () => {
    const { storms } = x86(...repeated(fault, 20), {}, ...repeated(fault, 20));
    expect(storms).toMatchObject([{ name: '#PF', count: 40, since: 0, untilEnd: true, faultAddress: '0x8' }]);
  });

  test('faults at ever other addresses are none', () => {
    const faults = Array.from({ length: 100 }, (_, index) => ({
      vector: '0e',
      cr2: (index * 4096).toString(16).padStart(16, '0'),
    }));
    expect(x86(...faults).storms).toEqual([]);
  });

  test('programs that are started again and again fault at the same places, and are cured', () => {
    expect(x86(...repeated({ ...program, ...fault }, 100)).storms).toEqual([]);
  });
});

describe('stack pointers and program counters', () => {
  test.each([
    ['sp-unaligned', { sp: 'ffffffff82003f04' }, '0xffffffff82003f04'],
    ['sp-non-canonical', { sp: '0123456700000000' }, '0x123456700000000'],
    ['kernel-on-user-stack', { sp: '00007ffc00000000' }, '0x7ffc00000000'],
    ['user-on-kernel-stack', { ...program, sp: STACK }, `0x${STACK}`],
    ['user-at-kernel-address', { ...program, pc: KERNEL }, `0x${KERNEL}`],
    ['user-touched-kernel-address', { ...program, vector: '0e', cr2: KERNEL }, `0x${KERNEL}`],
  ])('%s is told, with the first', (kind, made, address) => {
    expect(x86({}, made, made).suspicions).toMatchObject([{ kind, count: 2, first: 1, last: 2, address }]);
  });

  test('a sound kernel, a sound program, a kernel in the lower half and Linux’ vsyscall page are not suspected', () => {
    const low = { pc: '0000000000100000', sp: '0000000000200000' };
    expect(x86({}, program, low, { ...program, pc: 'ffffffffff600000' }).suspicions).toEqual([]);
  });

  test('declared stacks are held against the kernel only', () => {
    const text = [...record(0), ...record(1, program), ''].join('\n');
    const inside = { from: 0xffffffff82000000n, to: 0xffffffff82004000n };
    expect(analyse('x86_64', text, { stacks: [inside] }).suspicions).toEqual([]);
    const elsewhere = { from: 0xffffffff90000000n, to: 0xffffffff90004000n };
    expect(analyse('x86_64', text, { stacks: [elsewhere] }).suspicions).toMatchObject([
      { kind: 'sp-out-of-range', count: 1, first: 0 },
    ]);
  });
});

describe('privilege', () => {
  test('x86 does not tell of returns: they are inferred', () => {
    const { privileges } = x86({}, program, program, {});
    expect(privileges.changes).toEqual([
      { from: 'user', to: 'kernel', count: 2, inferred: false },
      { from: 'kernel', to: 'user', count: 2, inferred: true },
    ]);
    expect(privileges.lastRun).toEqual({ privilege: 'kernel', events: 1, since: 3 });
  });

  test('a machine that never left the kernel is told as such', () => {
    expect(x86({}, {}).privileges).toMatchObject({ reachedUser: false, changes: [] });
  });
});

describe('firmware', () => {
  test('handlers in use before the kernel’s are told apart, and so is system management mode', () => {
    const firmware = { pc: '000000007ec6d000', sp: '000000007ff00000', idt: '000000007f0e0018' };
    const { tables } = x86(firmware, firmware, { smm: 1 }, {}, {}, {});
    expect(tables.map(({ owner, count }) => [owner, count])).toEqual([
      ['earlier', 2],
      ['firmware', 1],
      ['kernel', 3],
    ]);
  });

  test('vCPUs with tables of their own are one kernel', () => {
    const second = { idt: 'fffffe0000001000' };
    const { tables } = x86({}, second, {}, second);
    expect(tables.map(({ owner, count }) => [owner, count])).toEqual([
      ['kernel', 2],
      ['kernel', 2],
    ]);
  });
});

test('power-on is no crash, a reset after that is, and of many the first and the last are kept', () => {
  const reset = ['CPU Reset (CPU 0)', ...dump()];
  const text = [...reset, ...reset, ...Array.from({ length: 30 }, (_, n) => [...record(n), ...reset]).flat(), ''];
  const { crashes } = analyse('x86_64', text.join('\n'));
  expect(crashes.count).toBe(30);
  expect(crashes.kept.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 29]);
});

test('the last events are there however much of another kind follows them', () => {
  const text = `${record(7).join('\n')}\n${'0xffffffff81000000:  90  nop\n'.repeat(400_000)}`;
  const cuts = Array.from({ length: 20 }, (_, index) => (index + 1) * 500_000);
  const { last, unknown } = analyse('x86_64', text, {}, cuts);
  expect(last.map(({ number }) => number)).toEqual([7]);
  expect(last[0]?.bytes.toString()).toContain('EFER=');
  expect(unknown).toBe(400_000);
});

test.each(archNames.map((arch) => [arch]))('on %s the report is the same however the log is cut', (arch) => {
  const text = readFileSync(path.join(LOGS, arch, 'exception-storm.log'), 'latin1');
  const request = { between: [0, 634], vector: undefined } as const;
  const whole = analyse(arch, text, request);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length), { maxLength: 10 }), (cuts) => {
      expect(analyse(arch, text, request, cuts)).toEqual(whole);
    }),
    { numRuns: 30 },
  );
});

test('a log that ends within a record says so', () => {
  const text = readFileSync(path.join(LOGS, 'x86_64', 'user.log'), 'latin1');
  expect(analyse('x86_64', text).endsCut).toBe(false);
  expect(analyse('x86_64', text.slice(0, -200)).endsCut).toBe(true);
});
