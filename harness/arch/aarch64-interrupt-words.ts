import type { InterruptWords } from './interrupt-words.ts';

/** Arm ARM, ESR_ELx, EC. */
const exceptionClasses: Readonly<Record<number, string>> = {
  0: 'unknown reason',
  1: 'trapped WFI or WFE',
  7: 'floating point is switched off',
  14: 'illegal execution state',
  21: 'SVC',
  22: 'HVC',
  23: 'SMC',
  24: 'trapped system register',
  25: 'SVE is switched off',
  28: 'pointer authentication failed',
  32: 'instruction abort from a lower level',
  33: 'instruction abort',
  34: 'PC is misaligned',
  36: 'data abort from a lower level',
  37: 'data abort',
  38: 'SP is misaligned',
  44: 'floating-point exception',
  47: 'SError',
  48: 'breakpoint from a lower level',
  49: 'breakpoint',
  50: 'single step from a lower level',
  51: 'single step',
  52: 'watchpoint from a lower level',
  53: 'watchpoint',
  60: 'BRK',
};

/** Arm ARM, ESR_ELx, ISS of an abort, the status code without the level of the translation table. */
const faultsWithLevel: Readonly<Record<number, string>> = {
  0: 'address size fault',
  1: 'translation fault',
  2: 'access flag fault',
  3: 'permission fault',
  5: 'external abort on a table walk',
};
const faults: Readonly<Record<number, string>> = {
  16: 'external abort',
  17: 'tag check fault',
  33: 'alignment fault',
  48: 'TLB conflict',
  52: 'implementation-defined fault (lockdown)',
  53: 'unsupported exclusive or atomic access',
};

const INSTRUCTION_ABORTS: readonly number[] = [0x20, 0x21];
const DATA_ABORTS: readonly number[] = [0x24, 0x25];
const CALLS: readonly number[] = [0x15, 0x16, 0x17, 0x3c];
const [WRITE, CACHE_MAINTENANCE] = [1n << 6n, 1n << 8n];

export const armInterruptWords: InterruptWords = {
  signs:
    /^(?:Taking exception \d{1,3} \[|Exception return from AArch|\.\.\.from EL\d to EL\d|R00=[0-9a-f]{8} R01=| PC=[0-9a-f]{16} X00=)/m,
  describeError: ({ errorCode }) => {
    if (errorCode === undefined) return undefined;
    const exception = Number((errorCode >> 26n) & 0x3fn);
    const name = exceptionClasses[exception] ?? `exception class 0x${exception.toString(16)}`;
    if (CALLS.includes(exception)) return `${name} #${errorCode & 0xffffn}`;
    if (INSTRUCTION_ABORTS.includes(exception)) return `${name}: ${faultOf(errorCode)}`;
    if (!DATA_ABORTS.includes(exception)) return name;
    const access =
      (errorCode & CACHE_MAINTENANCE) !== 0n ? 'cache maintenance' : (errorCode & WRITE) !== 0n ? 'write' : 'read';
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
