import type { InterruptWords } from './interrupt-words.ts';

const PAGE_FAULT = 14;
/** Exceptions whose error code names a selector (Intel SDM, volume 3A, table 6-1). */
const SELECTOR_FAULTS: readonly number[] = [10, 11, 12, 13];

export const x86InterruptWords: InterruptWords = {
  signs: /^(?: {0,20}\d{1,15}: v=[0-9a-f]{2} e=|Servicing hardware INT=0x|check_exception old: 0x|[RE]AX=[0-9a-f]{8})/m,
  describeError: ({ vector, errorCode }) => {
    if (errorCode === undefined || vector === undefined) return undefined;
    if (vector === PAGE_FAULT) return pageFault(errorCode);
    return SELECTOR_FAULTS.includes(vector) && errorCode !== 0n ? selectorError(errorCode) : undefined;
  },
  registersIn: (raw) =>
    [...raw.matchAll(/\b(R[A-Z0-9]{1,2}|E[A-Z]{2}|RFL|EFL|CR[0-4]|[CDEFGS]S) ?=([0-9a-f]{4,16})\b/g)].map(
      ([, name = '', digits]) => ({ name, value: BigInt(`0x${digits}`) }),
    ),
  parseVector: (text) =>
    /^(?:0x)?[0-9a-f]{1,2}$/i.test(text) ? Number.parseInt(text.replace(/^0x/i, ''), 16) : undefined,
  vectorHint: 'two hexadecimal digits as in the log, such as 0e or 0x80',
  silentSyscalls: 'the `syscall` instruction leaves no trace in QEMU’s log, only `int` does',
};

/** Intel SDM, volume 3A, 4.7. */
function pageFault(code: bigint): string {
  const has = (bit: number): boolean => ((code >> BigInt(bit)) & 1n) === 1n;
  const access = has(4) ? 'instruction fetch from' : has(1) ? 'write to' : 'read of';
  const page = has(3)
    ? 'a page whose entry has reserved bits set'
    : has(0)
      ? 'a page that forbids it'
      : 'a page that is not present';
  const special = [has(5) ? 'protection key' : '', has(6) ? 'shadow stack' : '', has(15) ? 'SGX' : ''].filter(Boolean);
  return [`${access} ${page}`, has(2) ? 'in user mode' : 'in supervisor mode', ...special].join(', ');
}

/** Intel SDM, volume 3A, 6.13. */
function selectorError(code: bigint): string {
  const index = code >> 3n;
  const table = (code & 2n) !== 0n ? 'IDT' : (code & 4n) !== 0n ? 'LDT' : 'GDT';
  const external = (code & 1n) !== 0n ? ', in the delivery of another event' : '';
  return `${table} entry 0x${index.toString(16)}${external}`;
}
