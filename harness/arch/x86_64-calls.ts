import type { CallDialect } from './calls.ts';

/**
 * The dump is QEMU's (target/i386/cpu-dump.c), the registers those of the System V ABI for AMD64, section 3.2.3. 32-bit code
 * passes its arguments on the stack.
 */
export const x86Calls: CallDialect = {
  dumpBeginning: /[RE]AX=[0-9a-f]{8}/,
  lastLine: 'EFER=',
  pc: /^[RE]IP=(?<pc>[0-9a-f]+)/m,
  argumentRegisters: ['RDI=', 'RSI=', 'RDX=', 'RCX=', 'R8 =', 'R9 ='],
};
