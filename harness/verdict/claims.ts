import { unmetInterrupts } from './interrupt-expectation.ts';
import { worst } from './severity.ts';
import type { CaseSignals } from './signals.ts';
import type { Subtest, Verdict } from './verdict.ts';

/** What one result protocol says of the case as a whole. */
export interface Claim {
  /** The protocol, as a reader knows it. */
  readonly source: string;
  readonly verdict: Verdict;
}

interface ResultClaims {
  readonly claims: readonly Claim[];
  readonly subtests: readonly Subtest[];
  readonly notes: readonly string[];
}

/** Reads every declared protocol; each that has something to say makes one claim. */
export function resultClaims(signals: CaseSignals): ResultClaims {
  const { tap, lines, table } = signals;
  const claims = [
    exitStatusClaim(signals),
    exitTableClaim(signals),
    tapClaim(signals),
    linesClaim(signals),
    tableClaim(signals),
  ];
  return {
    claims: [...claims.filter((claim) => claim !== undefined), ...expectationClaims(signals)],
    subtests: [...(tap?.subtests ?? []), ...(lines?.subtests ?? []), ...(table?.subtests ?? [])],
    notes: [...(tap?.seen ? tap.problems : []), ...(lines?.problems ?? []), ...blame(signals)],
  };
}

/** What is expected of a machine besides a result, and does not hold. What holds is no proof that a case passes. */
export function expectationClaims(
  signals: Pick<CaseSignals, 'violations' | 'interrupts' | 'unmetEvents' | 'unmetCalls'>,
): Claim[] {
  const claims = [lawsClaim(signals), interruptsClaim(signals), eventsClaim(signals), callsClaim(signals)];
  return claims.filter((claim) => claim !== undefined);
}

function exitStatusClaim({ completion }: CaseSignals): Claim | undefined {
  if (completion.kind !== 'command-ended' || completion.status === undefined) return undefined;
  const { command, status } = completion;
  const verdict: Verdict =
    status === 0 ? { kind: 'pass' } : { kind: 'fail', reason: `\`${command}\` ended with ${describeStatus(status)}` };
  return { source: `exit status ${status}`, verdict };
}

/** POSIX shells report death by signal N as 128 + N (POSIX.1-2017, Shell, 2.8.2 leaves the offset open; every shell uses 128). */
function describeStatus(status: number): string {
  return status > 128 && status < 128 + 65 ? `status ${status} (killed by signal ${status - 128})` : `status ${status}`;
}

function exitTableClaim({ exitTable, end }: CaseSignals): Claim | undefined {
  if (!exitTable || end?.exitCode === undefined) return undefined;
  const code = end.exitCode;
  return { source: `QEMU exit status ${code}`, verdict: exitTableVerdict(exitTable[code], code) };
}

function exitTableVerdict(meaning: 'pass' | 'fail' | 'skip' | 'crash' | undefined, code: number): Verdict {
  switch (meaning) {
    case 'pass':
      return { kind: 'pass' };
    case 'fail':
      return { kind: 'fail', reason: `QEMU exited with status ${code}, which is declared to be a failure` };
    case 'skip':
      return { kind: 'skip', because: `the guest ended with QEMU exit status ${code}` };
    case 'crash':
      return { kind: 'crash', cause: 'exit', title: `QEMU exit status ${code}, which is declared to be a crash` };
    case undefined:
      return { kind: 'fail', reason: `QEMU exited with status ${code}, which the exit table does not list` };
    default:
      return meaning satisfies never;
  }
}

function tapClaim({ tap }: CaseSignals): Claim | undefined {
  if (!tap?.seen) return undefined;
  const source = 'KTAP';
  const said = subtestsVerdict(tap.subtests);
  if (tap.bailedOut !== undefined) {
    return { source, verdict: { kind: 'fail', reason: `the test bailed out: ${tap.bailedOut || 'no reason given'}` } };
  }
  const [problem = tap.complete ? undefined : 'the plan was not kept'] = tap.problems;
  if (problem !== undefined && said?.kind !== 'fail') {
    return { source, verdict: { kind: 'fail', reason: `incomplete KTAP: ${problem}` } };
  }
  return { source, verdict: said ?? { kind: 'skip', because: tap.skippedBecause || 'no subtest was planned' } };
}

function linesClaim({ lines }: CaseSignals): Claim | undefined {
  if (!lines) return undefined;
  const verdicts = [subtestsVerdict(lines.subtests), lines.case].filter((verdict) => verdict !== undefined);
  if (lines.started !== undefined)
    verdicts.push({ kind: 'fail', reason: `${lines.started} was started and never finished` });
  const verdict = worst(verdicts);
  return verdict && { source: 'line rules', verdict };
}

function tableClaim({ table }: CaseSignals): Claim | undefined {
  if (!table) return undefined;
  const { name, subtests, started, problems } = table;
  const verdicts = [subtestsVerdict(subtests)].filter((verdict) => verdict !== undefined);
  if (started !== undefined) verdicts.push({ kind: 'fail', reason: `${started} was started and never finished` });
  if (problems[0] !== undefined) verdicts.push({ kind: 'fail', reason: `the table ${name} in RAM: ${problems[0]}` });
  const verdict = worst(verdicts);
  return verdict && { source: `the table ${name} in RAM`, verdict };
}

function lawsClaim({ violations = [] }: Pick<CaseSignals, 'violations'>): Claim | undefined {
  return complaint('a law of a ring in RAM', violations);
}

function eventsClaim({ unmetEvents = [] }: Pick<CaseSignals, 'unmetEvents'>): Claim | undefined {
  return complaint('trace events', unmetEvents);
}

function callsClaim({ unmetCalls = [] }: Pick<CaseSignals, 'unmetCalls'>): Claim | undefined {
  return complaint('a function probe', unmetCalls);
}

function complaint(source: string, [first, ...others]: readonly string[]): Claim | undefined {
  if (first === undefined) return undefined;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return { source, verdict: { kind: 'fail', reason: `${first}${more}` } };
}

function interruptsClaim({ interrupts }: Pick<CaseSignals, 'interrupts'>): Claim | undefined {
  if (!interrupts) return undefined;
  const source = 'the interrupt log';
  const { expected, totals } = interrupts;
  if (!totals) return { source, verdict: { kind: 'error', reason: NO_INTERRUPT_LOG } };
  const unmet = unmetInterrupts(expected, totals);
  return unmet === undefined ? undefined : { source, verdict: { kind: 'fail', reason: `interrupts: ${unmet}` } };
}

const NO_INTERRUPT_LOG =
  'the interrupts could not be counted: QEMU wrote no log of them (do the `qemu` arguments have a -d or -D of their own?)';

/** All subtests as one verdict; `undefined` when there are none that ran. */
function subtestsVerdict(subtests: readonly Subtest[]): Verdict | undefined {
  const failed = subtests.filter(({ verdict }) => verdict.kind !== 'pass' && verdict.kind !== 'skip');
  if (failed.length > 0) {
    const names = failed
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ');
    const more = failed.length > 3 ? ` and ${failed.length - 3} more` : '';
    return { kind: 'fail', reason: `${failed.length} of ${subtests.length} subtests failed: ${names}${more}` };
  }
  if (subtests.some(({ verdict }) => verdict.kind === 'pass')) return { kind: 'pass' };
  const skipped = subtests.find(({ verdict }) => verdict.kind === 'skip')?.verdict;
  return skipped;
}

/** A death is blamed on the subtest that was running. */
function blame({ lines, table, panic, guestPanicked, end, completion }: CaseSignals): string[] {
  const isCut = completion.kind === 'deadline' || completion.kind === 'cut-short';
  const died = isCut || panic !== undefined || guestPanicked || end?.shutdown?.reason === 'guest-reset';
  const started = lines?.started ?? table?.started;
  return died && started !== undefined ? [`it happened during ${started}`] : [];
}
