import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { armInterruptLog } from '../arch/aarch64-interrupts.ts';
import type { InterruptLogDialect } from '../arch/interrupt-log.ts';
import { x86InterruptLog } from '../arch/x86_64-interrupts.ts';
import { InterruptLogReader, type TraceEvent } from './interrupt-log.ts';

const dump = [
  'RAX=0000000000000001 RBX=ffff8cdc81158600 RCX=0000000000015a00 RDX=0000000000000001',
  'RIP=ffffffffb6a01ef0 RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0',
  'SS =0018 0000000000000000 ffffffff 00c09300 DPL=0 DS   [-WA]',
  'CR0=80050033 CR2=ffff88800a4b6ff8 CR3=0000000009e0e000 CR4=000000b0',
  'EFER=0000000000000d01',
];

function record(head: string): string[] {
  return [head, ...dump];
}

const cascade = [
  'check_exception old: 0xffffffff new 0xe',
  ...record(
    '     0: v=0e e=0002 i=0 cpl=3 IP=0033:0000000000401000 pc=0000000000401000 SP=002b:00007ffc0000 CR2=0000000000000008',
  ),
  'check_exception old: 0xe new 0xd',
  ...record(
    '     1: v=08 e=0000 i=0 cpl=0 IP=0010:ffffffff80001000 pc=ffffffff80001000 SP=0018:ffffffff80002000 env->regs[R_EAX]=0000000000000000',
  ),
  'check_exception old: 0x8 new 0xd',
  'Triple fault',
];

const armAbort = [
  'Taking exception 4 [Data Abort] on CPU 1',
  '...from EL0 to EL1',
  '...with ESR 0x24/0x92000047',
  '...with FAR 0x5cf9d0',
  '...with ELR 0x40498c',
  '...to EL1 PC 0xfffffbfffdbf7c00 PSTATE 0x3c5',
];

function read(dialect: InterruptLogDialect, text: string | Buffer, cuts: readonly number[] = []): TraceEvent[] {
  const bytes = Buffer.from(text);
  const events: TraceEvent[] = [];
  const reader = new InterruptLogReader(dialect, (event) => events.push(event));
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    reader.push(bytes.subarray(from, cut), 0);
    from = cut;
  }
  reader.push(bytes.subarray(from), 0);
  reader.end(0);
  return events;
}

const readLines = (dialect: InterruptLogDialect, ...lines: string[]) => read(dialect, `${lines.join('\n')}\n`);

describe('on x86-64', () => {
  test('a hardware interrupt and its record are one event', () => {
    const events = readLines(
      x86InterruptLog,
      'Servicing hardware INT=0x30',
      ...record(
        '    42: v=30 e=0000 i=0 cpl=0 IP=0010:ffffffff87238815 pc=ffffffff87238815 SP=0000:ffffffff88c03e40 env->regs[R_EAX]=0000000000000000',
      ),
    );
    expect(events).toMatchObject([
      {
        class: 'irq',
        name: 'IRQ 0x30',
        vector: 0x30,
        from: 'kernel',
        pc: 0xffffffff87238815n,
        sp: 0xffffffff88c03e40n,
        truncated: false,
      },
    ]);
    expect(events[0]?.raw).toContain('Servicing hardware INT=0x30\n    42: v=30');
    expect(events[0]?.raw).toContain('EFER=');
  });

  test('an interrupt at an exception’s vector is an interrupt: the PIC starts at 8', () => {
    const line =
      '     0: v=08 e=0000 i=0 cpl=0 IP=0010:00001000 pc=00001000 SP=0018:00002000 env->regs[R_EAX]=00000000';
    expect(readLines(x86InterruptLog, 'Servicing hardware INT=0x08', ...record(line))).toMatchObject([
      { class: 'irq' },
    ]);
    expect(readLines(x86InterruptLog, ...record(line))).toMatchObject([{ class: 'double-fault' }]);
  });

  test('an interrupt without a record, as in real mode, is an event as well', () => {
    expect(readLines(x86InterruptLog, 'Servicing hardware INT=0x08', ...cascade)).toMatchObject([
      { class: 'irq', vector: 8 },
      { class: 'page-fault' },
      { class: 'double-fault' },
      { class: 'triple-fault' },
    ]);
  });

  test('a cascade tells which delivery led to which fault', () => {
    expect(readLines(x86InterruptLog, ...cascade)).toMatchObject([
      { class: 'page-fault', name: '#PF', from: 'user', faultAddress: 8n, errorCode: 2n },
      { class: 'double-fault', name: '#DF', from: 'kernel', during: 0x0e },
      { class: 'triple-fault', during: 0x08 },
    ]);
  });

  test.each([
    ['80', '3', { class: 'syscall', name: 'int 0x80', from: 'user' }],
    ['03', '0', { class: 'breakpoint', name: '#BP' }],
    ['21', '0', { class: 'software-interrupt', name: 'int 0x21' }],
  ])('int 0x%s is told by its gate', (vector, cpl, event) => {
    const line = `     7: v=${vector} e=0000 i=1 cpl=${cpl} IP=0010:00001000 pc=00001000 SP=0018:00002000 env->regs[R_EAX]=00000000`;
    expect(readLines(x86InterruptLog, ...record(line))).toMatchObject([event]);
  });

  test('power-on and firmware are events with their dumps', () => {
    const events = readLines(
      x86InterruptLog,
      'CPU Reset (CPU 1)',
      ...dump,
      'SMM: enter',
      ...dump,
      'SMM: after RSM',
      ...dump,
    );
    expect(events.map(({ name }) => name)).toEqual(['reset', 'SMM entry', 'SMM exit']);
    expect(events[0]).toMatchObject({ class: 'reset', cpu: 1, truncated: false });
  });
});

describe('on arm64', () => {
  test('an exception is one event with all that its lines tell', () => {
    expect(readLines(armInterruptLog, ...armAbort)).toMatchObject([
      {
        class: 'page-fault',
        name: 'Data Abort',
        cpu: 1,
        from: 'user',
        to: 'kernel',
        errorCode: 0x92000047n,
        faultAddress: 0x5cf9d0n,
        pc: 0x40498cn,
        truncated: false,
      },
    ]);
  });

  test('the stale syndrome of an interrupt is left out', () => {
    const [event] = readLines(
      armInterruptLog,
      'Taking exception 5 [IRQ] on CPU 0',
      '...from EL1 to EL1',
      '...with ESR 0x26/0x9a000000',
      '...with ELR 0xffffcd40ea1af51c',
      '...to EL1 PC 0xffffcd40e9610a80 PSTATE 0x3c5',
    );
    expect(event).toMatchObject({ class: 'irq', pc: 0xffffcd40ea1af51cn });
    expect(event?.errorCode).toBeUndefined();
  });

  test.each([
    ['0x26/0x9a000000', 'alignment-fault'],
    ['0x25/0x96000021', 'alignment-fault'],
    ['0x25/0x9600004f', 'page-fault'],
  ])('ESR %s is an %s', (esr, kind) => {
    const lines = [
      'Taking exception 4 [Data Abort] on CPU 0',
      '...from EL1 to EL1',
      `...with ESR ${esr}`,
      '...to EL1 PC 0x0 PSTATE 0x0',
    ];
    expect(readLines(armInterruptLog, ...lines)).toMatchObject([{ class: kind }]);
  });

  test('a PSCI call is done without a handler', () => {
    const lines = [
      'Taking exception 11 [Hypervisor Call] on CPU 0',
      '...from EL1 to EL2',
      '...with ESR 0x16/0x5a000000',
      '...handled as PSCI call',
    ];
    expect(readLines(armInterruptLog, ...lines)).toMatchObject([{ class: 'hypervisor-call', truncated: false }]);
  });

  test('a return says where to', () => {
    expect(readLines(armInterruptLog, 'Exception return from AArch64 EL1 to AArch64 EL0 PC 0x41598d24')).toMatchObject([
      { class: 'exception-return', from: 'kernel', to: 'user', pc: 0x41598d24n },
    ]);
  });
});

describe('whatever the log holds', () => {
  test('a line that nobody knows is an event, and breaks no record after it', () => {
    expect(readLines(x86InterruptLog, 'virtio: bogus descriptor', ...cascade)).toMatchObject([
      { class: 'unknown', name: 'virtio: bogus descriptor' },
      { class: 'page-fault' },
      { class: 'double-fault' },
      { class: 'triple-fault' },
    ]);
  });

  test('a record that is cut short says so', () => {
    expect(readLines(armInterruptLog, ...armAbort.slice(0, 3))).toMatchObject([
      { class: 'page-fault', truncated: true },
    ]);
    expect(readLines(x86InterruptLog, ...cascade.slice(0, 3))).toMatchObject([
      { class: 'page-fault', truncated: true },
    ]);
  });

  test('a continuation without a record is an event', () => {
    expect(readLines(armInterruptLog, '...with FAR 0x0')).toMatchObject([{ class: 'unknown' }]);
  });

  test('the record that the log may go on with can be looked at', () => {
    const reader = new InterruptLogReader(x86InterruptLog, () => {});
    reader.push(Buffer.from(`${cascade.slice(0, 2).join('\n')}\n`), 5);
    expect(reader.unfinished).toMatchObject({ class: 'page-fault', atMs: 5 });
  });

  test.each([
    ['x86-64', x86InterruptLog, cascade],
    [
      'arm64',
      armInterruptLog,
      [...armAbort, 'Exception return from AArch64 EL1 to AArch64 EL0 PC 0x40498c', ...armAbort],
    ],
  ] as const)('on %s the events are the same however the bytes are cut', (_, dialect, lines) => {
    const text = `${lines.join('\n')}\n`;
    const whole = read(dialect, text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length)), (cuts) => {
        expect(read(dialect, text, cuts)).toEqual(whole);
      }),
    );
  });

  test('no bytes are too odd', () => {
    for (const dialect of [x86InterruptLog, armInterruptLog]) {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
          for (const event of read(dialect, Buffer.from(bytes))) expect(event.raw.length).toBeLessThan(16_384);
        }),
      );
    }
  });

  test('memory is bounded by the longest line and dump, not by what the log holds', () => {
    const line = 'x'.repeat(2 ** 22);
    for (const text of [line, `${line}\n`]) {
      const [event] = read(x86InterruptLog, text);
      expect(event?.raw.length).toBeLessThan(2 ** 13);
    }
    const endless = read(x86InterruptLog, `CPU Reset (CPU 0)\n${'RAX=0000000000000000\n'.repeat(10_000)}`);
    expect(endless).toHaveLength(1);
    expect(endless[0]?.raw.length).toBeLessThan(2 ** 14);
  });
});
