import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Arch, archNames, describeArch } from '../arch/archs.ts';
import { InterruptLogReader, type TraceEvent } from '../trace/interrupt-log.ts';
import { cascadeFrames, cascadeOf, cascadeTitle } from './cascade.ts';

const LOGS = path.resolve(import.meta.dirname, '../../fixtures/logs/int');
const BY_THE_GUEST = 'the machine was reset by the guest (no fault before it)';

const [x86, arm] = ['x86_64', 'aarch64'] as const satisfies readonly Arch[];

function eventsOf(arch: Arch, text: string): TraceEvent[] {
  const events: TraceEvent[] = [];
  const reader = new InterruptLogReader(describeArch(arch).interruptLog, (event) => events.push(event));
  reader.push(Buffer.from(text), 0);
  reader.end(0);
  return events;
}

function recorded(arch: Arch, name: string): TraceEvent[] {
  return eventsOf(arch, readFileSync(path.join(LOGS, arch, name), 'utf8').split('=== log ===\n')[1] ?? '');
}

/** What a machine that reset after these events is told to have died of. */
function told(arch: Arch, events: readonly TraceEvent[]) {
  const cascade = cascadeOf(events, describeArch(arch).interruptLog);
  const [frame] = cascadeFrames(cascade);
  return { kind: cascade.kind, title: cascadeTitle(cascade), at: frame?.address };
}

/** A record of x86's log. */
function record(vector: string, pc: string, more: { cpl?: number; sp?: string; error?: string; old?: string } = {}) {
  const { cpl = 0, sp = '9000', error = '0000', old } = more;
  const check = old === undefined ? [] : [`check_exception old: 0x${old} new 0x${vector}`];
  return [
    ...check,
    `     0: v=${vector} e=${error} i=0 cpl=${cpl} IP=0008:${pc} pc=${pc} SP=0010:${sp} env->regs[R_EAX]=0`,
    'RAX=0000000000000000',
    'IDT=     0000000000109080 00000fff',
    'EFER=0000000000000500',
  ];
}

const doubleFault = (pc: string, during = 'e', raised = 'e', more = {}) => [
  `check_exception old: 0x${during} new 0x${raised}`,
  ...record('08', pc, more),
];
const gaveUp = ['check_exception old: 0x8 new 0xd', 'Triple fault'];
const log = (...lines: string[][]) => eventsOf(x86, `${lines.flat().join('\n')}\n`);

describe('a recorded reset', () => {
  test('after a page fault that nothing can take is a triple fault, at the instruction that faulted', () => {
    expect(told(x86, recorded(x86, 'triple-fault.log'))).toEqual({
      kind: 'triple-fault',
      title: 'triple fault: page fault → double fault',
      at: '0x100d3e',
    });
  });

  test('on purpose is the guest’s wish, though it takes a triple fault', () => {
    expect(told(x86, recorded(x86, 'reset.log'))).toEqual({
      kind: 'asked',
      title: 'the machine was reset by the guest (a triple fault on purpose, its handlers taken away)',
      at: '0x100a6c',
    });
    expect(told(arm, recorded(arm, 'reset.log'))).toEqual({ kind: 'asked', title: BY_THE_GUEST, at: undefined });
  });

  test.each([
    [x86, 'boot.log'],
    [x86, 'prompt-idle.log'],
    [x86, 'user.log'],
    [x86, 'user-fault.log'],
    [x86, 'lock-two-cpus.log'],
    [arm, 'prompt-idle.log'],
    [arm, 'user-fault.log'],
    [arm, 'lock-two-cpus.log'],
    [arm, 'exception-storm.log'],
  ] as const)('on %s has nothing to do with what %s holds: firmware, interrupts, handled faults', (arch, name) => {
    expect(told(arch, recorded(arch, name))).toEqual({ kind: 'asked', title: BY_THE_GUEST, at: undefined });
  });

  test.each([
    [x86, 'undefined-instruction.log', 'undefined instruction'],
    [x86, 'double-fault.log', 'page fault → protection fault → double fault'],
    [arm, 'null-dereference.log', 'page fault'],
    [arm, 'undefined-instruction.log', 'undefined instruction'],
  ] as const)('on %s by a kernel that did not come back from its fault, as in %s, names it', (arch, name, names) => {
    expect(told(arch, recorded(arch, name))).toMatchObject({
      kind: 'asked-after-fault',
      title: `the machine was reset by the guest after a fault: ${names}`,
      at: expect.stringMatching(/^0x/),
    });
  });
});

describe('a triple fault', () => {
  const fault = record('0e', '1000', { old: 'ffffffff' });

  test('names what made a double fault of it', () => {
    expect(told(x86, log(fault, doubleFault('1000', 'e', 'd'), gaveUp)).title).toBe(
      'triple fault: page fault → protection fault → double fault',
    );
  });

  test('begins with the interrupt that has no gate', () => {
    const interrupt = ['Servicing hardware INT=0x20', ...record('20', '1000')];
    const refused = record('0d', '1000', { error: '0202', old: 'ffffffff' });
    expect(told(x86, log(interrupt, refused, doubleFault('1000', 'd', 'd'), gaveUp))).toEqual({
      kind: 'triple-fault',
      title: 'triple fault: interrupt → protection fault → double fault',
      at: undefined, // Where an interrupt comes is chance.
    });
  });

  test('has nothing to do with an interrupt just before it', () => {
    const interrupt = ['Servicing hardware INT=0x20', ...record('20', '1000')];
    expect(told(x86, log(interrupt, fault, doubleFault('1000'), gaveUp)).title).toBe(
      'triple fault: page fault → double fault',
    );
  });

  test('is told from what another vCPU does meanwhile', () => {
    const other = record('0e', '7000', { cpl: 3, sp: '8800', old: 'ffffffff' });
    const events = log(fault, other, doubleFault('1000'), other, gaveUp);
    expect(told(x86, events)).toMatchObject({ title: 'triple fault: page fault → double fault', at: '0x1000' });
  });

  test('in a handler begins with the fault that was handled', () => {
    const inner = record('0e', '2000', { sp: '8f00', old: 'ffffffff' });
    const events = log(
      record('06', '1000', { old: 'ffffffff' }),
      inner,
      doubleFault('2000', 'e', 'e', { sp: '8f00' }),
      gaveUp,
    );
    expect(told(x86, events)).toMatchObject({
      title: 'triple fault: undefined instruction → page fault → double fault',
      at: '0x1000',
    });
  });

  test('whose first fault came from user mode has no place in the kernel', () => {
    const user = record('0e', '1000', { cpl: 3, old: 'ffffffff' });
    expect(told(x86, log(user, doubleFault('1000', 'e', 'e', { cpl: 3 }), gaveUp)).at).toBeUndefined();
  });

  test('says where a kernel had set up no handlers', () => {
    const bare = [fault, doubleFault('1000'), gaveUp].map((lines) =>
      lines.map((line) => line.replace(/^IDT=.*/, 'IDT=     00000000000f61be 00000000')),
    );
    expect(told(x86, log(...bare)).title).toBe(
      'triple fault: page fault → double fault (the kernel had set up no handlers)',
    );
  });

  test('of which the log holds no more is one all the same', () => {
    expect(told(x86, log(gaveUp))).toEqual({ kind: 'triple-fault', title: 'triple fault', at: undefined });
    expect(told(x86, [])).toMatchObject({ kind: 'asked' });
  });
});

test('any piece of any log is told', () => {
  const all = archNames.flatMap((arch) =>
    (arch === x86 ? ['triple-fault.log', 'reset.log', 'exception-storm.log'] : ['vector-fault.log', 'user.log']).map(
      (name) => ({ arch, events: recorded(arch, name) }),
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.nat(200), fc.nat(200), ({ arch, events }, from, count) => {
      expect(told(arch, events.slice(from, from + count)).title).not.toBe('');
    }),
  );
});
