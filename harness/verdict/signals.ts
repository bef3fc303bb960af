import type { LineRuleResult } from '../console/line-rules.ts';
import type { TapResult } from '../console/tap.ts';
import type { MachineEnd } from '../machine/machine-end.ts';
import type { InterruptTotal } from '../trace/interrupt-count.ts';
import type { Millis } from '../units.ts';
import type { Cascade } from './cascade.ts';
import type { InterruptExpectation } from './interrupt-expectation.ts';
import type { PanicReport } from './panic-report.ts';
import type { Standstill, Subtest } from './verdict.ts';

/** What was seen of one case: everything that a verdict may rest on, and nothing else. */
export interface CaseSignals {
  /** What ended the wait for the case. */
  readonly completion: Completion;
  /** What the kernel printed from the first line on that matched one of the target's panic patterns, and before it as it died. */
  readonly panic: PanicReport | undefined;
  /** QMP's GUEST_PANICKED was seen. */
  readonly guestPanicked: boolean;
  /** How the machine ended, when it did. */
  readonly end: MachineEnd | undefined;
  /** What led to the reset, where the machine reset and its interrupt log tells. */
  readonly cascade: Cascade | undefined;
  readonly tap: TapResult | undefined;
  readonly lines: LineRuleResult | undefined;
  /** What a table in the guest's RAM says of the case. Absent: none is declared to. */
  readonly table?: TableResult;
  /** Laws that the rings in the guest's RAM do not keep, each with its ring. */
  readonly violations?: readonly string[];
  /** What is expected of the interrupts, and what came; `undefined` where QEMU did not tell. Absent: nothing is expected. */
  readonly interrupts?: {
    readonly expected: InterruptExpectation;
    readonly totals: readonly InterruptTotal[] | undefined;
  };
  /** What was expected of trace events and does not hold. */
  readonly unmetEvents?: readonly string[];
  /** What function probes were expected to count and did not, or could not. */
  readonly unmetCalls?: readonly string[];
  /** QEMU's exit status is a result, and means this. */
  readonly exitTable: ExitTable | undefined;
  /** After a command: whether the shell still answered. `undefined` where there is nothing to ask. */
  readonly answers: boolean | undefined;
}

/** The results in a table, its name being that of its declaration. */
export interface TableResult {
  readonly name: string;
  readonly subtests: readonly Subtest[];
  /** The test that was started last and has not ended. */
  readonly started?: string;
  /** Why it may not be all. */
  readonly problems: readonly string[];
}

export type Completion =
  /** A command ended with this exit status; `undefined` where the shell tells none. */
  | { readonly kind: 'command-ended'; readonly command: string; readonly status: number | undefined }
  /** The prompt came back without the status: the shell did not run the line as a command. */
  | { readonly kind: 'command-not-run'; readonly command: string; readonly why: string }
  /** The shell knows no such program. */
  | { readonly kind: 'no-such-program'; readonly program: string }
  /** A line rule gave the case its result while the machine lived. */
  | { readonly kind: 'case-line' }
  /** The machine ended where the case is its whole life. */
  | { readonly kind: 'machine-ended' }
  /** The machine died, or said that it did, in the middle of the case. */
  | { readonly kind: 'cut-short' }
  /** Nothing of that within the time allowed; `standstill` when the machine was seen to make no progress. */
  | {
      readonly kind: 'deadline';
      readonly afterMs: Millis;
      readonly waitingFor: string;
      readonly standstill?: Standstill;
      /** What it was at instead. */
      readonly note?: string;
    }
  /** Nothing of that, and QEMU itself does not answer any more. */
  | { readonly kind: 'unanswered'; readonly waitingFor: string }
  /** Nothing of that, and no waiting would change it. */
  | { readonly kind: 'hung'; readonly waitingFor: string; readonly standstill: Standstill };

/** What a QEMU exit status means. A status that is not listed is a failure: nothing said that it is a pass. */
export type ExitTable = Readonly<Record<number, 'pass' | 'fail' | 'skip' | 'crash'>>;
