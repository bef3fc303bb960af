import type { Millis } from '../units.ts';

/** What became of a case in an environment. */
export type Verdict =
  /** Every positive signal is there and no negative one. */
  | { readonly kind: 'pass' }
  /** The guest says so: an exit status, `not ok`, a marker that did not come while the machine lived. */
  | { readonly kind: 'fail'; readonly reason: string }
  /** The kernel died. `title` is normalised: no addresses, numbers or CPU ids, so that one cause has one title. */
  | { readonly kind: 'crash'; readonly cause: CrashCause; readonly title: string }
  /** The kernel makes no progress: proven, or seen so when the deadline passed. */
  | {
      readonly kind: 'hang';
      readonly how: HangKind;
      readonly where: string;
      readonly forMs: Millis;
      readonly waitingFor: string;
    }
  /** The deadline passed while the guest was at work, as far as anyone can tell; `waitingFor` names the signal that did not come. */
  | { readonly kind: 'timeout'; readonly afterMs: Millis; readonly waitingFor: string }
  /** Declared not applicable here. */
  | { readonly kind: 'skip'; readonly because: string }
  /** The program or image does not exist for this architecture. */
  | { readonly kind: 'missing'; readonly what: string }
  /** The infrastructure failed. Says nothing about the kernel. */
  | { readonly kind: 'error'; readonly reason: string };

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
