import { hex } from './interrupt-log.ts';
import type { VcpuDialect } from './vcpu.ts';

/** RFLAGS.IF (Intel SDM, volume 1, section 3.4.3). */
const INTERRUPT_FLAG = 1n << 9n;

/** QEMU, target/i386/cpu-dump.c. In 32-bit modes the registers have other names. */
export const x86Vcpu: VcpuDialect = {
  waits: [],
  haltedIsForever: true,
  // The log does not tell where handlers begin, but what the registers held: the handler has changed none yet.
  hasJustTaken: ({ dump }, { raw }) => sameRegisters(dump, raw),
  parse: (cpu, dump) => {
    const registers =
      /^[RE]IP=(?<pc>[0-9a-f]+) (?:RFL|EFL)=(?<flags>[0-9a-f]+) .*CPL=(?<cpl>\d) .*HLT=(?<hlt>\d)/m.exec(dump);
    const sp = /\b[RE]SP=(?<sp>[0-9a-f]+)/.exec(dump);
    if (!registers?.groups) return undefined;
    const { pc, flags, cpl, hlt } = registers.groups;
    return {
      cpu,
      pc: hex(pc),
      sp: hex(sp?.groups?.sp),
      privilege: cpl === '0' ? 'kernel' : 'user',
      interruptsOn: (hex(flags) & INTERRUPT_FLAG) !== 0n,
      halted: hlt === '1',
      dump,
    };
  },
};

/** The lines of a dump that hold general registers alone; RSP, which every interrupt changes, stands on another. */
const GENERAL_REGISTERS = /^(?:[RE]AX|R8 |R12)=.*$/gm;

function sameRegisters(dump: string, record: string): boolean {
  const [now, then] = [dump, record].map((text) => text.replaceAll('\r', '').match(GENERAL_REGISTERS)?.join('\n'));
  return now !== undefined && now === then;
}
