/** Where a processor runs code, in words that all architectures share. */
export type Privilege = 'user' | 'kernel' | 'hypervisor' | 'secure-monitor';

/** What happened, in words that all architectures share. */
export type EventClass =
  | 'irq'
  | 'nmi'
  | 'syscall'
  | 'software-interrupt'
  | 'page-fault'
  | 'protection-fault'
  | 'alignment-fault'
  | 'stack-fault'
  | 'segment-fault'
  | 'undefined-instruction'
  | 'device-not-available'
  | 'divide-error'
  | 'floating-point'
  | 'breakpoint'
  | 'debug'
  | 'machine-check'
  | 'double-fault'
  | 'triple-fault'
  | 'hypervisor-call'
  | 'secure-monitor-call'
  | 'semihosting'
  /** An exception that has no class of its own; its name tells. */
  | 'exception'
  | 'exception-return'
  | 'reset'
  /** Firmware's own business: the kernel does not see it. */
  | 'firmware'
  /** A line that says nothing that is known. */
  | 'unknown';

/** What the log tells of one event. Addresses are as wide as the architecture's registers. */
export interface LoggedFacts {
  readonly class: EventClass;
  /** As the architecture's manual calls it: `#PF`, `Data Abort`. */
  readonly name: string;
  /** The vCPU, where the log says which. */
  readonly cpu?: number;
  /** x86: the vector. Arm: QEMU's number of the exception. */
  readonly vector?: number;
  readonly from?: Privilege;
  readonly to?: Privilege;
  /** Where the processor was: the instruction that faulted, or the next one. For a return: where it goes. */
  readonly pc?: bigint;
  readonly sp?: bigint;
  /** Where its handler begins, where the log tells. */
  readonly handler?: bigint;
  /** The address that an access faulted at. */
  readonly faultAddress?: bigint;
  /** x86: the error code. Arm: ESR_ELx, which for an IRQ is that of an earlier exception. */
  readonly errorCode?: bigint;
  /** Where the table of handlers stands: x86 IDT, Arm VBAR. Another one is another program's: the firmware's, the kernel's. */
  readonly handlers?: bigint;
  /** x86: the number that QEMU gives to the record. */
  readonly number?: number;
  /** x86: how wide the code's registers are. */
  readonly codeBits?: 32 | 64;
  /** x86: it happened in the firmware's system management mode. */
  readonly inSystemManagement?: boolean;
  /** x86: the vector whose delivery led to this one. */
  readonly during?: number;
  /** x86: what that delivery raised, which made a double fault of the two, or a triple fault of the three. */
  readonly raised?: EventClass;
}

/** What one line of the log is. */
export type LineMeaning =
  /** It begins a record; more may follow. */
  | { readonly kind: 'begins'; readonly facts: LoggedFacts }
  /** It is an event by itself. */
  | { readonly kind: 'alone'; readonly facts: LoggedFacts }
  /** It announces the record that comes next, when that has the same vector; else it is an event by itself. */
  | { readonly kind: 'announces'; readonly facts: LoggedFacts }
  /** It adds to the record that comes next, whatever that is. */
  | { readonly kind: 'precedes'; readonly facts: Partial<LoggedFacts> }
  /** It adds to the record that has begun. */
  | { readonly kind: 'continues'; readonly facts: Partial<LoggedFacts> };

export interface LineRecogniser {
  readonly pattern: RegExp;
  readonly read: (groups: Readonly<Record<string, string>>) => LineMeaning;
}

/** A line of a register dump that tells something of the event besides the registers. */
export interface DumpRecogniser {
  readonly pattern: RegExp;
  readonly read: (groups: Readonly<Record<string, string>>) => Partial<LoggedFacts>;
}

/** How QEMU's `-d int,cpu_reset` reads on one architecture. */
export interface InterruptLogDialect {
  /** Tried in order. A line that none recognises belongs to the record that has begun if `dump` matches, else it is unknown. */
  readonly recognisers: readonly LineRecogniser[];
  /** The first characters of lines that a recogniser may know: others need not be looked at. */
  readonly beginnings: string;
  /** A line of a register dump. */
  readonly dump: RegExp;
  /** Absent: a dump tells registers only. */
  readonly dumpRecognisers?: readonly DumpRecogniser[];
  /** Texts that stand once in each interrupt or exception (returns are none), and once in each interrupt: to count them unread. */
  readonly marks: { readonly event: string; readonly interrupts: readonly string[] };
  /** The last line that every whole record has, as far as its first words tell. */
  readonly lastLine: RegExp;
  /** Lines of a dump that show a vCPU without handlers. Absent: a dump does not tell. */
  readonly noHandlers?: {
    readonly atAll: RegExp;
    /** They were taken away, as a kernel does that resets the machine by an exception which nobody can take. */
    readonly anyMore: RegExp;
  };
  /** The vectors that an exception's error code may blame: it came of their delivery. Absent: none does. */
  readonly blamedVectors?: (facts: LoggedFacts) => readonly number[];
}

export function hex(digits: string | undefined): bigint {
  return BigInt(`0x${digits ?? '0'}`);
}
