import type { CallDialect } from './calls.ts';

/** The dump is QEMU's (target/arm/cpu.c), the registers those of the Procedure Call Standard for the Arm 64-bit Architecture, section 6.8. */
export const armCalls: CallDialect = {
  dumpBeginning: / PC=[0-9a-f]{16} X00=/,
  lastLine: 'PSTATE=',
  pc: /^ PC=(?<pc>[0-9a-f]+)/m,
  argumentRegisters: ['X00=', 'X01=', 'X02=', 'X03=', 'X04=', 'X05=', 'X06=', 'X07='],
};
