import type { LoggedFacts, Privilege } from './interrupt-log.ts';

/** What a vCPU was doing when it was looked at. */
export interface VcpuState {
  readonly cpu: number;
  readonly pc: bigint;
  readonly sp: bigint;
  readonly privilege: Privilege;
  /** Whether it takes interrupts: x86 RFLAGS.IF, Arm PSTATE.I. */
  readonly interruptsOn: boolean;
  /** It waits for an interrupt (HLT, WFI), or has just been woken by one; `undefined` where its registers do not tell. */
  readonly halted: boolean | undefined;
  /** The registers as QEMU prints them (HMP `info registers`). */
  readonly dump: string;
}

/** How the registers of one architecture read, and how a halted vCPU is told. */
export interface VcpuDialect {
  /** @returns `undefined` for a dump that is not one of this architecture. */
  readonly parse: (cpu: number, dump: string) => VcpuState | undefined;
  /** Whether a vCPU has not run since it took an interrupt: it stands at the handler's first instruction, for nothing it did. */
  readonly hasJustTaken: (vcpu: VcpuState, event: LoggedFacts & { readonly raw: string }) => boolean;
  /** The instruction words that wait for an interrupt, where a halted vCPU is told by the one just before its PC. */
  readonly waits: readonly number[];
  /** A vCPU that is halted with interrupts off never goes on (but for NMI and SMI). On Arm it does: WFI wakes all the same. */
  readonly haltedIsForever: boolean;
}

/** The answer of HMP's `info registers -a`, a dump for each vCPU. */
export function splitRegisterDumps(answer: string): { readonly cpu: number; readonly dump: string }[] {
  return answer
    .replaceAll('\r', '')
    .split(/^CPU#(?=\d+$)/m)
    .slice(1)
    .map((block) => {
      const [number = '', ...lines] = block.split('\n');
      return { cpu: Number(number), dump: lines.join('\n').trim() };
    });
}
