import { describe, expect, test } from 'vitest';
import { armVcpu } from './aarch64-vcpu.ts';
import { splitRegisterDumps } from './vcpu.ts';
import { x86Vcpu } from './x86_64-vcpu.ts';

const x86 = `
CPU#0
RAX=000000000001ad40 RBX=0000000000000000 RCX=0000000000000000 RDX=4000000000000000
RSI=0000000000000000 RDI=000000000000215c RBP=ffffffff8ce1aa40 RSP=ffffffff8ce03e98
RIP=ffffffff8be17a0b RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
EFER=0000000000000d01

CPU#1
RAX=000000000001ad40 RBX=0000000000000000 RCX=0000000000000000 RDX=4000000000000000
RSI=0000000000000000 RDI=00000000000033c4 RBP=00007ffc00000010 RSP=00007ffc00000000
RIP=0000000000401000 RFL=00000046 [---Z-P-] CPL=3 II=0 A20=1 SMM=0 HLT=0
`.replaceAll('\n', '\r\n');

const arm = `
CPU#0
 PC=ffffcb9123baf4fc X00=0000000000000005 X01=ffff65518ff2b558
X29=ffffcb9124813d50 X30=ffffcb9123baf514  SP=ffffcb9124813d50
PSTATE=400000c5 -Z-- EL1h     FPCR=00000000 FPSR=00000000
Q00=0000000000000400:000000002d601000 Q01=00000000005d3a48:0000ffffe5dbea00
`;

describe('on x86-64', () => {
  const [first, second] = splitRegisterDumps(x86);

  test('each vCPU has a dump of its own', () => {
    expect(splitRegisterDumps(x86).map(({ cpu }) => cpu)).toEqual([0, 1]);
    expect(first?.dump).toMatch(/^RAX=/);
    expect(first?.dump).not.toContain('\r');
  });

  test('a vCPU in HLT with interrupts on is told', () => {
    expect(x86Vcpu.parse(0, first?.dump ?? '')).toMatchObject({
      pc: 0xffffffff8be17a0bn,
      sp: 0xffffffff8ce03e98n,
      privilege: 'kernel',
      interruptsOn: true,
      halted: true,
    });
  });

  test('a vCPU in user mode with interrupts off is told', () => {
    expect(x86Vcpu.parse(1, second?.dump ?? '')).toMatchObject({
      pc: 0x401000n,
      privilege: 'user',
      interruptsOn: false,
      halted: false,
    });
  });

  test('32-bit code reads alike', () => {
    const dump =
      'EAX=00000000 EBX=00000000 ECX=00000000 EDX=00000000\nESI=0 EDI=0 EBP=0 ESP=00007c00\nEIP=0000fff0 EFL=00000202 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=0';
    expect(x86Vcpu.parse(0, dump)).toMatchObject({ pc: 0xfff0n, sp: 0x7c00n, interruptsOn: true });
  });
});

test('on arm64 the masks and the level are read, and whether it is halted is not known', () => {
  const [only] = splitRegisterDumps(arm);
  expect(armVcpu.parse(0, only?.dump ?? '')).toMatchObject({
    pc: 0xffffcb9123baf4fcn,
    sp: 0xffffcb9124813d50n,
    privilege: 'kernel',
    interruptsOn: false,
    halted: undefined,
  });
});

test.each(['', 'nonsense', '(qemu) unknown command'])('%j is no dump', (text) => {
  expect(splitRegisterDumps(text)).toEqual([]);
  expect(x86Vcpu.parse(0, text)).toBeUndefined();
  expect(armVcpu.parse(0, text)).toBeUndefined();
});
