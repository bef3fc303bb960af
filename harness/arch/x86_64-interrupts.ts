import { type EventClass, hex, type InterruptLogDialect, type LoggedFacts, type Privilege } from './interrupt-log.ts';

/** The exceptions' mnemonics and what they are (Intel SDM, volume 3A, table 6-1). */
const exceptions: Readonly<Record<number, readonly [name: string, is: EventClass]>> = {
  0: ['#DE', 'divide-error'],
  1: ['#DB', 'debug'],
  2: ['NMI', 'nmi'],
  3: ['#BP', 'breakpoint'],
  4: ['#OF', 'exception'],
  5: ['#BR', 'exception'],
  6: ['#UD', 'undefined-instruction'],
  7: ['#NM', 'device-not-available'],
  8: ['#DF', 'double-fault'],
  10: ['#TS', 'segment-fault'],
  11: ['#NP', 'segment-fault'],
  12: ['#SS', 'stack-fault'],
  13: ['#GP', 'protection-fault'],
  14: ['#PF', 'page-fault'],
  16: ['#MF', 'floating-point'],
  17: ['#AC', 'alignment-fault'],
  18: ['#MC', 'machine-check'],
  19: ['#XM', 'floating-point'],
  20: ['#VE', 'exception'],
  21: ['#CP', 'protection-fault'],
};

/** `int3` is logged as the software interrupt that it is. */
const BREAKPOINT = 3;
/** The gate that Linux and most hobby kernels give to user mode for system calls. */
const SYSCALL_GATE = 0x80;

/** The formats are those of QEMU, target/i386/tcg/seg_helper.c, excp_helper.c, smm_helper.c. */
export const x86InterruptLog: InterruptLogDialect = {
  beginnings: ' 0123456789cSTC',
  dump: /^(?:[A-Z][A-Z0-9]{1,4} ?=|[A-Z]{2,3} ?=)/,
  dumpRecognisers: [
    { pattern: /^RAX=/, read: () => ({ codeBits: 64 }) },
    { pattern: /^EAX=/, read: () => ({ codeBits: 32 }) },
    {
      pattern: /^(?:RIP=.{57}|EIP=.{49})SMM=(?<smm>.)/,
      read: ({ smm }) => ({ inSystemManagement: smm === '1' }),
    },
    { pattern: /^IDT= {0,12}(?<base>[0-9a-f]{1,16})(?![0-9a-f])/, read: ({ base }) => ({ handlers: hex(base) }) },
  ],
  marks: { event: ': v=', interrupts: ['Servicing hardware INT='] },
  lastLine: /^EFER=/m,
  // Firmware leaves a table of no length, but at an address of its own.
  noHandlers: { atAll: /^IDT= *[0-9a-f]+ 00000000$/m, anyMore: /^IDT= *0+ 00000000$/m },
  blamedVectors,
  recognisers: [
    {
      pattern:
        /^ *(?<number>\d+): v=(?<vector>[0-9a-f]{2}) e=(?<error>[0-9a-f]+) i=(?<software>\d) cpl=(?<cpl>\d) IP=[0-9a-f]+:(?<pc>[0-9a-f]+) pc=[0-9a-f]+ SP=[0-9a-f]+:(?<sp>[0-9a-f]+)(?: CR2=(?<cr2>[0-9a-f]+))?/,
      read: ({ number, vector, error, software, cpl, pc, sp, cr2 }) => ({
        kind: 'begins',
        facts: {
          ...(software === '1' ? softwareInterruptOf : exceptionOf)(Number(hex(vector))),
          number: Number(number),
          vector: Number(hex(vector)),
          from: privilegeOf(cpl),
          to: 'kernel',
          pc: hex(pc),
          sp: hex(sp),
          errorCode: hex(error),
          ...(cr2 ? { faultAddress: hex(cr2) } : {}),
        },
      }),
    },
    {
      pattern: /^Servicing hardware INT=0x(?<vector>[0-9a-f]+)/,
      read: ({ vector }) => {
        const number = Number(hex(vector));
        return { kind: 'announces', facts: { class: 'irq', name: irqName(number), vector: number } };
      },
    },
    {
      pattern: /^check_exception old: 0x(?<old>[0-9a-f]+) new 0x(?<raised>[0-9a-f]+)/,
      read: ({ old, raised }) => ({
        kind: 'precedes',
        facts: old === 'ffffffff' ? {} : { during: Number(hex(old)), raised: exceptionOf(Number(hex(raised))).class },
      }),
    },
    {
      pattern: /^Triple fault/,
      read: () => ({ kind: 'alone', facts: { class: 'triple-fault', name: 'triple fault' } }),
    },
    {
      pattern: /^CPU Reset \(CPU (?<cpu>\d+)\)/,
      read: ({ cpu }) => ({ kind: 'begins', facts: { class: 'reset', name: 'reset', cpu: Number(cpu) } }),
    },
    {
      pattern: /^SMM: (?<what>enter|after RSM)/,
      read: ({ what }) => ({
        kind: 'begins',
        facts: { class: 'firmware', name: `SMM ${what === 'enter' ? 'entry' : 'exit'}` },
      }),
    },
  ],
};

type Kind = Pick<LoggedFacts, 'class' | 'name'>;

/** What a software interrupt is, `int n`. */
export function softwareInterruptOf(vector: number): Kind {
  if (vector === BREAKPOINT) return exceptionOf(vector);
  return { class: vector === SYSCALL_GATE ? 'syscall' : 'software-interrupt', name: `int ${shown(vector)}` };
}

/** What a vector is that nobody asked for. */
export function exceptionOf(vector: number): Kind {
  const exception = exceptions[vector];
  if (exception) return { name: exception[0], class: exception[1] };
  return vector < 32 ? { class: 'exception', name: `exception ${vector}` } : { class: 'irq', name: irqName(vector) };
}

/**
 * An error code's bit 1 says that its index is one of the interrupt table (Intel SDM, volume 3A, 6.13); QEMU counts gates of
 * 16 bytes by two in long mode (target/i386/tcg/seg_helper.c, do_interrupt64). Of a page fault the bits mean other things.
 */
function blamedVectors({ class: kind, errorCode = 0n }: LoggedFacts): readonly number[] {
  if (kind === 'page-fault' || (errorCode & 2n) === 0n) return [];
  return [Number(errorCode >> 3n), Number(errorCode >> 4n)];
}

export function irqName(vector: number): string {
  return `IRQ ${shown(vector)}`;
}

function shown(vector: number): string {
  return `0x${vector.toString(16).padStart(2, '0')}`;
}

function privilegeOf(cpl: string | undefined): Privilege {
  return cpl === '0' ? 'kernel' : 'user';
}
