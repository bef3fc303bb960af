import { type EventClass, hex, type InterruptLogDialect, type Privilege } from './interrupt-log.ts';

/** By the names that QEMU gives to its numbers (QEMU, target/arm/internals.h and helper.c, arm_log_exception). */
const classes: Readonly<Record<string, EventClass>> = {
  'Undefined Instruction': 'undefined-instruction',
  SVC: 'syscall',
  'Prefetch Abort': 'page-fault',
  'Data Abort': 'page-fault',
  IRQ: 'irq',
  FIQ: 'irq',
  Breakpoint: 'breakpoint',
  'Hypervisor Call': 'hypervisor-call',
  'Secure Monitor Call': 'secure-monitor-call',
  'Virtual IRQ': 'irq',
  'Virtual FIQ': 'irq',
  'Semihosting call': 'semihosting',
  'Hypervisor Trap': 'exception',
  SERR: 'machine-check',
  'Virtual SERR': 'machine-check',
};

export const levels: readonly Privilege[] = ['user', 'kernel', 'hypervisor', 'secure-monitor'];

/** Exception classes that are no page fault although QEMU calls them aborts or undefined (Arm ARM, ESR_ELx.EC). */
const syndromes: Readonly<Record<number, EventClass>> = {
  34: 'alignment-fault',
  38: 'alignment-fault',
  44: 'floating-point',
  7: 'device-not-available',
  50: 'debug',
  51: 'debug',
  60: 'breakpoint',
};

/** Exception classes of a Data Abort from a lower level and from the same, and its status code for a misaligned access (ibid.). */
const DATA_ABORTS: readonly number[] = [0x24, 0x25];
const DFSC_ALIGNMENT = 0b100001;

/** A table of vectors has 2 KiB and is aligned to that (Arm ARM, VBAR_ELx). */
const VECTOR_TABLE = ~0x7ffn;

/** The formats are those of QEMU, target/arm/helper.c and helper-a64.c. */
export const armInterruptLog: InterruptLogDialect = {
  beginnings: 'TE.C',
  dump: /^(?: PC=|X\d\d=|R\d\d=|PSTATE=|PSR=|[QV]\d\d=|s\d\d=|FPCR=|FPSCR)/,
  marks: { event: 'Taking exception ', interrupts: ['[IRQ]', '[FIQ]'] },
  lastLine: /^(?:\.\.\.to EL|\.\.\.handled as|PSTATE=|PSR=)/m,
  recognisers: [
    {
      pattern: /^Taking exception (?<number>\d+) \[(?<name>[^\]]*)\](?: on CPU (?<cpu>\d+))?/,
      read: ({ number, name = '', cpu }) => ({
        kind: 'begins',
        facts: {
          class: exceptionClass(name),
          name,
          vector: Number(number),
          ...(cpu === undefined ? {} : { cpu: Number(cpu) }),
        },
      }),
    },
    {
      pattern: /^\.\.\.from EL(?<from>\d) to EL(?<to>\d)/,
      read: ({ from, to }) => ({ kind: 'continues', facts: { ...level('from', from), ...level('to', to) } }),
    },
    {
      pattern: /^\.\.\.with ESR 0x(?<ec>[0-9a-f]+)\/0x(?<esr>[0-9a-f]+)/,
      read: ({ ec, esr }) => ({
        kind: 'continues',
        facts: { errorCode: hex(esr), ...refined(Number(hex(ec)), Number(hex(esr))) },
      }),
    },
    {
      pattern: /^\.\.\.with FAR 0x(?<far>[0-9a-f]+)/,
      read: ({ far }) => ({ kind: 'continues', facts: { faultAddress: hex(far) } }),
    },
    {
      pattern: /^\.\.\.with ELR 0x(?<elr>[0-9a-f]+)/,
      read: ({ elr }) => ({ kind: 'continues', facts: { pc: hex(elr) } }),
    },
    {
      pattern: /^\.\.\.to EL\d PC 0x(?<pc>[0-9a-f]+)/,
      read: ({ pc }) => ({ kind: 'continues', facts: { handler: hex(pc), handlers: hex(pc) & VECTOR_TABLE } }),
    },
    // Who handled it, and what newer QEMUs add.
    { pattern: /^\.\.\./, read: () => ({ kind: 'continues', facts: {} }) },
    {
      pattern: /^Exception return from AArch\d+ EL(?<from>\d) to AArch\d+ EL(?<to>\d) PC 0x(?<pc>[0-9a-f]+)/,
      read: ({ from, to, pc }) => ({
        kind: 'alone',
        facts: {
          class: 'exception-return',
          name: 'exception return',
          ...level('from', from),
          ...level('to', to),
          pc: hex(pc),
        },
      }),
    },
    {
      pattern: /^CPU Reset \(CPU (?<cpu>\d+)\)/,
      read: ({ cpu }) => ({ kind: 'begins', facts: { class: 'reset', name: 'reset', cpu: Number(cpu) } }),
    },
  ],
};

/** What QEMU's name of an exception means. */
export function exceptionClass(name: string): EventClass {
  return classes[name] ?? 'exception';
}

function level(field: 'from' | 'to', number: string | undefined): Partial<Record<'from' | 'to', Privilege>> {
  const privilege = levels[Number(number)];
  return privilege ? { [field]: privilege } : {};
}

/** The syndrome knows better than QEMU's number what it was. */
export function refined(exceptionClass: number, syndrome: number): { readonly class?: EventClass } {
  const isMisaligned = DATA_ABORTS.includes(exceptionClass) && (syndrome & 0x3f) === DFSC_ALIGNMENT;
  const known = isMisaligned ? 'alignment-fault' : syndromes[exceptionClass];
  return known ? { class: known } : {};
}
