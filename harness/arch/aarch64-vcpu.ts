import { hex } from './interrupt-log.ts';
import type { VcpuDialect } from './vcpu.ts';

/** PSTATE.I (Arm ARM, C5.2.19). */
const IRQ_MASK = 1n << 7n;
const WFI = 0xd503207f;
const WFE = 0xd503205f;

/** QEMU, target/arm/cpu.c, aarch64_cpu_dump_state. */
export const armVcpu: VcpuDialect = {
  waits: [WFI, WFE],
  haltedIsForever: false,
  hasJustTaken: ({ pc }, { handler }) => handler === pc,
  parse: (cpu, dump) => {
    const registers =
      /\bPC=(?<pc>[0-9a-f]+)[\s\S]*\bSP=(?<sp>[0-9a-f]+)[\s\S]*^PSTATE=(?<pstate>[0-9a-f]+) .*EL(?<level>\d)/m.exec(
        dump,
      );
    if (!registers?.groups) return undefined;
    const { pc, sp, pstate, level } = registers.groups;
    const privileges = ['user', 'kernel', 'hypervisor', 'secure-monitor'] as const;
    return {
      cpu,
      pc: hex(pc),
      sp: hex(sp),
      privilege: privileges[Number(level)] ?? 'kernel',
      interruptsOn: (hex(pstate) & IRQ_MASK) === 0n,
      halted: undefined,
      dump,
    };
  },
};
