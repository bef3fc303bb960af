import { expect, test } from 'vitest';
import { armVcpu } from '../arch/aarch64-vcpu.ts';
import { x86Vcpu } from '../arch/x86_64-vcpu.ts';
import type { VcpuSample } from '../machine/vcpu-sampler.ts';
import type { TraceEvent } from '../trace/interrupt-log.ts';
import { beforeInterrupt } from './before-interrupt.ts';

const REGISTERS = 'RAX=0000000000000001 RBX=0000000000000002 RCX=0000000000000003 RDX=0000000000000004';

const atVector: VcpuSample = {
  cpu: 0,
  pc: 0x40200480n,
  sp: 0x8000n,
  privilege: 'kernel',
  interruptsOn: false,
  halted: false,
  thread: undefined,
  dump: `${REGISTERS}\nRSI=0 RDI=0 RBP=0 RSP=00007fd8\nRIP=00000000001004d0 RFL=00000002`,
};

const tick: TraceEvent = {
  class: 'irq',
  name: 'IRQ',
  from: 'user',
  to: 'kernel',
  pc: 0x400010n,
  handler: 0x40200480n,
  atMs: 0,
  raw: `   12: v=20 e=0000 i=0 cpl=3\n${REGISTERS}\nRSI=0 RDI=0 RBP=0 RSP=00008000`,
  truncated: false,
};

test('a vCPU at the first instruction of an interrupt’s handler is where the interrupt found it', () => {
  const before = { pc: 0x400010n, privilege: 'user', interruptsOn: true };
  expect(beforeInterrupt(atVector, [tick], armVcpu)).toMatchObject(before);
  expect(beforeInterrupt(atVector, [tick], x86Vcpu)).toMatchObject(before);
});

test('one that has begun to handle it is in the kernel', () => {
  const handling = {
    ...atVector,
    pc: 0x40201000n,
    dump: atVector.dump.replace('RAX=0000000000000001', 'RAX=0000000000000009'),
  };
  expect(beforeInterrupt(handling, [tick], armVcpu)).toBe(handling);
  expect(beforeInterrupt(handling, [tick], x86Vcpu)).toBe(handling);
});

test('what another vCPU took, or what is no interrupt, changes nothing', () => {
  const fault: TraceEvent = { ...tick, class: 'page-fault' };
  expect(beforeInterrupt(atVector, [tick, fault], armVcpu)).toBe(atVector);
  expect(beforeInterrupt(atVector, [{ ...tick, cpu: 1 }], armVcpu)).toBe(atVector);
  expect(beforeInterrupt(atVector, [], armVcpu)).toBe(atVector);
});
