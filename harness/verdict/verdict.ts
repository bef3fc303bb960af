import type { Millis } from '../units.ts';
import type { CodePlace } from './code-place.ts';

/** What became of a case in an environment. */
export type Verdict =
  /** Every positive signal is there and no negative one. */
  | { readonly kind: 'pass' }
  /** The guest says so: an exit status, `not ok`, a marker that did not come while the machine lived. */
  | { readonly kind: 'fail'; readonly reason: string }
  /**
   * The kernel died. `title` is normalised: no addresses, numbers or CPU ids, so that one cause has one title. `frames`,
   * where they are known, lead from the place at fault to its callers.
   */
  | {
      readonly kind: 'crash';
      readonly cause: CrashCause;
      readonly title: string;
      readonly frames?: readonly CodePlace[];
    }
  /** The kernel makes no progress: proven, or seen so when the deadline passed. */
  | Hang
  /** The deadline passed while the guest was at work, as far as anyone can tell; `waitingFor` names the signal that did not come. */
  | { readonly kind: 'timeout'; readonly afterMs: Millis; readonly waitingFor: string }
  /** Declared not applicable here. */
  | { readonly kind: 'skip'; readonly because: string }
  /** The program or image does not exist for this architecture. */
  | { readonly kind: 'missing'; readonly what: string }
  /** The infrastructure failed. Says nothing about the kernel. */
  | { readonly kind: 'error'; readonly reason: string }
  /** It is declared to fail here, and did: a gap that is known. `actual` is what became of it. */
  | { readonly kind: 'expected-failure'; readonly because: string; readonly issue?: string; readonly actual: Failure }
  /** It is declared to fail here, and passed: the declaration is to go. `on` is as declared. */
  | UnexpectedPass;

/** A verdict that speaks against the kernel. */
export type Failure = Extract<Verdict, { kind: 'fail' | 'crash' | 'hang' | 'timeout' }>;

/** That a case fails, as its author declares. */
export interface Expectation {
  readonly because: string;
  /** Where it is kept track of: `#12`. */
  readonly issue?: string;
  /** The architectures, targets and environments where it does. Absent: everywhere. */
  readonly on?: readonly string[];
}

interface UnexpectedPass extends Expectation {
  readonly kind: 'unexpected-pass';
}

interface Hang extends Standstill {
  readonly kind: 'hang';
  readonly waitingFor: string;
}

/** How a kernel that makes no progress stands still. */
export const hangKinds = [
  /** Every vCPU waits for an interrupt that it does not take. */
  'halted',
  /** A vCPU goes round a few instructions with interrupts off. */
  'spinning-irqs-off',
  /** The same with interrupts on, or one exception after the other. */
  'spinning',
  /** Every vCPU waits for an interrupt, and nothing comes that leads anywhere. */
  'idle',
] as const;

export type HangKind = (typeof hangKinds)[number];

/** A machine that makes no progress. */
export interface Standstill {
  readonly how: HangKind;
  /** How long it has been seen like that. */
  readonly forMs: Millis;
  /** The vCPU that shows it. */
  readonly vcpu: number;
  /** Whether that one takes interrupts. */
  readonly interruptsOn: boolean;
  /** Interrupts and exceptions meanwhile, as the interrupt log tells. */
  readonly events: number;
  /** Where that vCPU stands, then its callers, as far as they are known. */
  readonly frames: readonly CodePlace[];
}

export type VerdictKind = Verdict['kind'];

export type CrashCause =
  /** A line matched one of the target's panic patterns. */
  | 'panic'
  /** The guest reset itself: a triple fault, or a requested reboot. */
  | 'reset'
  /** The guest powered off where it should have gone on. */
  | 'shutdown'
  /** QMP's GUEST_PANICKED: the guest told its pvpanic device. */
  | 'guest-panicked'
  /** QEMU exited while the case still ran, with nothing that says why. */
  | 'exit';

/** One named part of a case, reported by the guest (KTAP, TAP, a line rule). */
export interface Subtest {
  readonly name: string;
  readonly verdict: Verdict;
}
