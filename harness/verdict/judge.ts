import type { MachineEnd } from '../machine/machine-end.ts';
import { cascadeFrames, cascadeTitle } from './cascade.ts';
import { type Claim, resultClaims } from './claims.ts';
import type { CodePlace } from './code-place.ts';
import { crashTitle } from './crash-title.ts';
import { unmetInterrupts } from './interrupt-expectation.ts';
import { framesAtFault } from './printed-frames.ts';
import { worst } from './severity.ts';
import type { CaseSignals } from './signals.ts';
import type { Subtest, Verdict, VerdictKind } from './verdict.ts';

export interface Judgement {
  readonly verdict: Verdict;
  readonly subtests: readonly Subtest[];
  /** What a reader should know besides: results that disagreed, a plan that was not kept. */
  readonly notes: readonly string[];
}

type Rule = (signals: CaseSignals) => Verdict | undefined;

/**
 * The rules in order; the first that speaks decides. What kills a machine comes before what a guest says, so that a
 * crash beats a lost connection and a pass printed before a panic is no pass.
 */
const FATAL_RULES: readonly Rule[] = [
  infrastructureFailed,
  panicked,
  guestReportedPanic,
  machineReset,
  machineEndedUnasked,
  qemuSilent,
  hung,
  deadlinePassed,
  commandNotRun,
  programMissing,
  shellSilentAfterwards,
  cutShort,
];

/** The verdict of a case. Pure: the same signals give the same verdict. */
export function judge(signals: CaseSignals): Judgement {
  const { claims, subtests, notes } = resultClaims(signals);
  for (const rule of FATAL_RULES) {
    const verdict = rule(signals);
    if (verdict)
      return {
        verdict,
        subtests,
        notes: [...notes, ...workInstead(signals, verdict), ...interruptsInstead(signals, verdict)],
      };
  }
  const strongest = worst(claims.map((claim) => claim.verdict));
  if (!strongest) {
    return { verdict: { kind: 'fail', reason: nothingSaidSo(signals) }, subtests, notes };
  }
  return { verdict: strongest, subtests, notes: [...notes, ...disagreement(claims)] };
}

/** None of these contradicts a pass: an infrastructure that failed says nothing. */
const AGREEABLE: ReadonlySet<VerdictKind> = new Set(['pass', 'skip', 'error']);

/** Says who said what when one protocol reports a pass and another something worse. */
function disagreement(claims: readonly Claim[]): string[] {
  const passes = claims.some(({ verdict }) => verdict.kind === 'pass');
  const failures = claims.some(({ verdict }) => !AGREEABLE.has(verdict.kind));
  if (!passes || !failures) return [];
  const said = claims.map(({ source, verdict }) => `${source} says ${verdict.kind}`);
  return [`results disagree: ${said.join(', ')}; the worse one holds`];
}

/** QEMU killed from outside, or fallen over itself, says nothing about the kernel. */
function infrastructureFailed({ end, exitTable }: CaseSignals): Verdict | undefined {
  if (!end) return undefined;
  if (end.signal)
    return { kind: 'error', reason: `QEMU was ended by ${end.signal}, not by the guest${lastWords(end)}` };
  if (end.shutdown?.reason.startsWith('host-')) {
    return { kind: 'error', reason: `QEMU was told to end from outside (${end.shutdown.reason})` };
  }
  if (/KVM internal error|qemu: fatal|qemu: hardware error/.test(end.stderr)) {
    return { kind: 'error', reason: `QEMU itself failed${lastWords(end)}` };
  }
  if (end.monitored && !end.shutdown && !exitTable) {
    return { kind: 'error', reason: `QEMU exited by itself with status ${end.exitCode}${lastWords(end)}` };
  }
  return undefined;
}

function panicked({ panic }: CaseSignals): Verdict | undefined {
  if (!panic) return undefined;
  return { kind: 'crash', cause: 'panic', title: crashTitle(panic.headline), ...known(framesAtFault(panic.lines)) };
}

function guestReportedPanic({ guestPanicked }: CaseSignals): Verdict | undefined {
  if (!guestPanicked) return undefined;
  return { kind: 'crash', cause: 'guest-panicked', title: 'the guest reported a panic to its pvpanic device' };
}

function machineReset({ end, cascade }: CaseSignals): Verdict | undefined {
  if (end?.shutdown?.reason !== 'guest-reset') return undefined;
  const title = cascade
    ? cascadeTitle(cascade)
    : 'the machine reset (a triple fault, or a reboot that the guest asked for)';
  return { kind: 'crash', cause: 'reset', title, ...(cascade ? known(cascadeFrames(cascade)) : {}) };
}

function known(frames: readonly CodePlace[]): { readonly frames?: readonly CodePlace[] } {
  return frames.length > 0 ? { frames } : {};
}

/** An end is only meant where the case is the whole life of its machine. */
function machineEndedUnasked({ end, completion, exitTable, tap, lines }: CaseSignals): Verdict | undefined {
  if (!end || completion.kind === 'deadline' || completion.kind === 'hung' || completion.kind === 'unanswered')
    return undefined;
  if (completion.kind === 'case-line') return undefined;
  if (completion.kind === 'machine-ended' && (exitTable || end.shutdown || end.exitCode === 0)) return undefined;
  // Where nobody watched the end, a launcher's status may be its way of passing on a result that the guest told.
  if (completion.kind === 'machine-ended' && !end.monitored && hasResults({ tap, lines })) return undefined;
  if (end.shutdown)
    return { kind: 'crash', cause: 'shutdown', title: 'the guest powered off in the middle of the case' };
  return {
    kind: 'crash',
    cause: 'exit',
    title: `QEMU exited with status ${end.exitCode ?? 'unknown'} in the middle of the case${lastWords(end)}`,
  };
}

function hasResults({ tap, lines }: Pick<CaseSignals, 'tap' | 'lines'>): boolean {
  return Boolean(tap?.seen || lines?.case || lines?.subtests.length);
}

/** Whoever keeps QEMU from running keeps the guest from running. */
function qemuSilent({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'unanswered') return undefined;
  const reason = `QEMU did not answer on its monitor while ${completion.waitingFor} was waited for: it is stopped, or its host is overloaded`;
  return { kind: 'error', reason };
}

/** A crash that the guest told of has been looked for above: what it leaves behind stands still, too. */
function hung({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'hung' && completion.kind !== 'deadline') return undefined;
  const { standstill, waitingFor } = completion;
  return standstill && { kind: 'hang', ...standstill, waitingFor };
}

function deadlinePassed({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'deadline') return undefined;
  return { kind: 'timeout', afterMs: completion.afterMs, waitingFor: completion.waitingFor };
}

/** A guest that ran out of time was at something. */
function workInstead({ completion }: CaseSignals, { kind }: Verdict): string[] {
  return kind === 'timeout' && completion.kind === 'deadline' && completion.note ? [completion.note] : [];
}

/** Why a guest waits for ever, or for too long, may be that an interrupt did not come. */
function interruptsInstead({ interrupts }: CaseSignals, { kind }: Verdict): string[] {
  if (!interrupts?.totals || (kind !== 'hang' && kind !== 'timeout')) return [];
  const unmet = unmetInterrupts(interrupts.expected, interrupts.totals);
  return unmet === undefined ? [] : [`interrupts: ${unmet}`];
}

function commandNotRun({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'command-not-run') return undefined;
  return { kind: 'fail', reason: `the shell did not run \`${completion.command}\`: ${completion.why}` };
}

function programMissing({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'no-such-program') return undefined;
  return { kind: 'missing', what: `the image has no program \`${completion.program}\`` };
}

function shellSilentAfterwards({ answers }: CaseSignals): Verdict | undefined {
  if (answers !== false) return undefined;
  return { kind: 'fail', reason: 'the command ended, but the shell no longer answered afterwards' };
}

/** Whatever was said before, it was not said to the end. What killed the machine has been looked for above. */
function cutShort({ completion }: CaseSignals): Verdict | undefined {
  if (completion.kind !== 'cut-short') return undefined;
  return { kind: 'error', reason: 'the console closed in the middle of the case, and QEMU did not end' };
}

function nothingSaidSo({ completion }: CaseSignals): string {
  return completion.kind === 'machine-ended'
    ? 'the guest ended without saying whether it passed'
    : 'the command ended, and nothing said whether it passed';
}

function lastWords({ stderr }: MachineEnd): string {
  const words = stderr.trim().split('\n').at(-1);
  return words ? `: ${words}` : '';
}
