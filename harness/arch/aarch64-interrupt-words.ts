import type { InterruptWords } from './interrupt-words.ts';

/** Arm ARM, ESR_ELx, EC. */
const exceptionClasses: Readonly<Record<number, string>> = {
  0x00: 'unknown reason',
  0x01: 'trapped WFI or WFE',
  0x07: 'floating point is switched off',
  0x0e: 'illegal execution state',
  0x15: 'SVC',
  0x16: 'HVC',
  0x17: 'SMC',
  0x18: 'trapped system register',
  0x19: 'SVE is switched off',
  0x1c: 'pointer authentication failed',
  0x20: 'instruction abort from a lower level',
  0x21: 'instruction abort',
  0x22: 'PC is misaligned',
  0x24: 'data abort from a lower level',
  0x25: 'data abort',
  0x26: 'SP is misaligned',
  0x2c: 'floating-point exception',
  0x2f: 'SError',
  0x30: 'breakpoint from a lower level',
  0x31: 'breakpoint',
  0x32: 'single step from a lower level',
  0x33: 'single step',
  0x34: 'watchpoint from a lower level',
  0x35: 'watchpoint',
  0x3c: 'BRK',
};

/** Arm ARM, ESR_ELx, ISS of an abort, the status code without the level of the translation table. */
const faultsWithLevel: Readonly<Record<number, string>> = {
  0b0000: 'address size fault',
  0b0001: 'translation fault',
  0b0010: 'access flag fault',
  0b0011: 'permission fault',
  0b0101: 'external abort on a table walk',
};
const faults: Readonly<Record<number, string>> = {
  0b010000: 'external abort',
  0b010001: 'tag check fault',
  0b100001: 'alignment fault',
  0b110000: 'TLB conflict',
  0b110100: 'implementation-defined fault (lockdown)',
  0b110101: 'unsupported exclusive or atomic access',
};

const INSTRUCTION_ABORTS: readonly number[] = [0x20, 0x21];
const DATA_ABORTS: readonly number[] = [0x24, 0x25];
const CALLS: readonly number[] = [0x15, 0x16, 0x17, 0x3c];
const [WRITE, CACHE_MAINTENANCE] = [1n << 6n, 1n << 8n];

export const armInterruptWords: InterruptWords = {
  signs: /^(?:Taking exception \d{1,3} \[|Exception return from AArch|\.\.\.from EL\d to EL\d|R00=[0-9a-f]{8} R01=| PC=[0-9a-f]{16} X00=)/m,
  describeError: ({ errorCode }) => {
    if (errorCode === undefined) return undefined;
    const exception = Number((errorCode >> 26n) & 0x3fn);
    const name = exceptionClasses[exception] ?? `exception class 0x${exception.toString(16)}`;
    if (CALLS.includes(exception)) return `${name} #${errorCode & 0xffffn}`;
    if (INSTRUCTION_ABORTS.includes(exception)) return `${name}: ${faultOf(errorCode)}`;
    if (!DATA_ABORTS.includes(exception)) return name;
    const access = (errorCode & CACHE_MAINTENANCE) !== 0n ? 'cache maintenance' : (errorCode & WRITE) !== 0n ? 'write' : 'read';
    return `${name}: ${faultOf(errorCode)}, on a ${access}`.replace('a cache', 'cache');
  },
  registersIn: (raw) =>
    [...raw.matchAll(/\b(PC|SP|X\d\d|PSTATE)=([0-9a-f]{8,16})\b/g)].map(([, name = '', digits]) => ({
      name,
      value: BigInt(`0x${digits}`),
    })),
  parseVector: (text) => (/^\d{1,3}$/.test(text) ? Number(text) : undefined),
  vectorHint: 'QEMU’s number of the exception, such as 4 for [Data Abort]',
  noRegisters: 'QEMU writes no registers with an exception of this architecture',
};

function faultOf(syndrome: bigint): string {
  const status = Number(syndrome & 0x3fn);
  const withLevel = faultsWithLevel[status >> 2];
  if (withLevel) return `${withLevel}, level ${status & 3}`;
  return faults[status] ?? `status 0x${status.toString(16)}`;
}
