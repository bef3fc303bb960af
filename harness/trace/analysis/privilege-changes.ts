import type { ScannedEvent } from '../../arch/interrupt-bytes.ts';
import type { Privilege } from '../../arch/interrupt-log.ts';

/** How often a processor went from one privilege to another. */
export interface PrivilegeChange {
  readonly from: Privilege;
  readonly to: Privilege;
  readonly count: number;
  /** The log does not tell of returns: as often, at least, as it came from there again. */
  readonly inferred: boolean;
}

export interface PrivilegeFacts {
  readonly changes: readonly PrivilegeChange[];
  readonly reachedUser: boolean;
  /** Where the log tells: calls by a gate or an instruction that it logs. */
  readonly syscalls: number;
  /** The privilege in which the last events came, all of them, and how many they are. */
  readonly lastRun: { readonly privilege: Privilege; readonly events: number; readonly since: number } | undefined;
  readonly longestRuns: Readonly<Partial<Record<Privilege, number>>>;
}

const LEVELS: readonly Privilege[] = ['user', 'kernel', 'hypervisor', 'secure-monitor'];

/** Counts the ways between user mode, kernel and what is above. Firmware's are left out. */
export class PrivilegeChanges {
  readonly #counts = new Float64Array(LEVELS.length ** 2);
  readonly #longest = new Float64Array(LEVELS.length);
  #toldReturns = false;
  #inferredReturns = 0;
  #syscalls = 0;
  #hadUser = false;
  #isInKernel = true;
  #run = -1;
  #runLength = 0;
  #runSince = 0;

  /** @param number The event's. */
  take(event: ScannedEvent, number: number): void {
    if (event.class === 'firmware' || event.inSystemManagement) return;
    const { from, to } = event;
    if (event.class === 'syscall') this.#syscalls++;
    if (from === undefined) return;
    if (from === 'user' || to === 'user') this.#hadUser = true;
    const level = levelOf(from);
    if (to !== undefined) {
      const way = level * LEVELS.length + levelOf(to);
      this.#counts[way] = (this.#counts[way] as number) + 1;
      if (event.class === 'exception-return') {
        this.#toldReturns = true;
        return;
      }
    }
    if (from === 'user' && this.#isInKernel) this.#inferredReturns++;
    this.#isInKernel = to === 'kernel';
    if (level !== this.#run) {
      this.#run = level;
      this.#runLength = 0;
      this.#runSince = number;
    }
    this.#runLength++;
    if (this.#runLength > (this.#longest[level] as number)) this.#longest[level] = this.#runLength;
  }

  facts(): PrivilegeFacts {
    const changes: PrivilegeChange[] = LEVELS.flatMap((from, row) =>
      LEVELS.flatMap((to, column) => {
        const count = this.#counts[row * LEVELS.length + column] as number;
        return count > 0 && from !== to ? [{ from, to, count, inferred: false }] : [];
      }),
    );
    if (!this.#toldReturns && this.#inferredReturns > 0)
      changes.push({ from: 'kernel', to: 'user', count: this.#inferredReturns, inferred: true });
    const privilege = LEVELS[this.#run];
    return {
      changes,
      reachedUser: this.#hadUser,
      syscalls: this.#syscalls,
      lastRun: privilege && { privilege, events: this.#runLength, since: this.#runSince },
      longestRuns: Object.fromEntries(
        LEVELS.flatMap((level, index) => ((this.#longest[index] as number) > 0 ? [[level, this.#longest[index]]] : [])),
      ),
    };
  }
}

function levelOf(privilege: Privilege): number {
  switch (privilege) {
    case 'user':
      return 0;
    case 'kernel':
      return 1;
    case 'hypervisor':
      return 2;
    case 'secure-monitor':
      return 3;
    default:
      return privilege satisfies never;
  }
}
