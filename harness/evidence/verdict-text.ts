import type { Line } from '../lines/line.ts';
import { visible, visibleBlock, visibleLine } from '../lines/visible.ts';
import type { Machine } from '../machine/machine.ts';
import { formatMillis, type Millis } from '../units.ts';
import { describeVerdict } from '../verdict/describe.ts';
import type { Subtest, Verdict } from '../verdict/verdict.ts';
import { eventLine } from './event-table.ts';
import { expectationFacts } from './expectation-facts.ts';
import type { Investigation } from './investigation.ts';
import { vcpuLine } from './vcpu-text.ts';

/** What a failure's text is made of, besides the machine. */
export interface Finding {
  readonly suite: string;
  readonly case: string;
  /** The suite file, relative to the project's root. */
  readonly file: string;
  readonly about?: string | undefined;
  readonly environment: string;
  readonly verdict: Verdict;
  readonly subtests: readonly Subtest[];
  readonly notes: readonly string[];
  /** The attempts before this one, when the case is tried again. */
  readonly earlier?: readonly { readonly verdict: Verdict }[];
}

/** What the console last said, and how long ago. */
export interface LastWords {
  readonly line: Line | undefined;
  readonly ageMs: Millis;
  /** What stands on the first console without an end of line: a prompt nobody recognised, half a sentence. */
  readonly unfinished: string;
}

export function lastWordsOf(machine: Machine): LastWords {
  const [line] = machine.consoles
    .map((console) => console.lastLine)
    .filter((candidate) => candidate !== undefined)
    .sort((a, b) => b.atMs - a.atMs);
  return { line, ageMs: machine.ageMs - (line?.atMs ?? 0), unfinished: machine.console.tail };
}

const SHOWN_SUBTESTS = 5;
const SHOWN_ATTEMPTS = 5;
const SHOWN_VCPUS = 4;
const SHOWN_FAULTS = 4;

/**
 * What a person reads first of a case that did not pass: what happened, the facts, what to do. Safe to print whatever
 * the guest said.
 * @param folder Where the evidence lies, as the reader can type it.
 * @param reproduce The command that starts the machine once more, where there is one.
 * @param found Where the machine's vCPUs were, and the faults that led to a reset, as far as they are known.
 */
export function verdictText(
  finding: Finding,
  words: LastWords | undefined,
  folder: string,
  reproduce: string | undefined,
  { vcpus, cascade }: Pick<Investigation, 'vcpus' | 'cascade'> = { vcpus: [], cascade: [] },
): string {
  const facts: [string, string][] = [['case', `${finding.suite} > ${finding.case} on ${finding.environment}`]];
  if (finding.about) facts.push(['proves', finding.about]);
  facts.push(...expectationFacts(finding));
  for (const { name, verdict } of failedSubtests(finding.subtests))
    facts.push(['subtest', `${visibleLine(name)}: ${describeVerdict(verdict)}`]);
  for (const note of finding.notes) facts.push(['note', visibleLine(note)]);
  for (const { verdict, number } of lastAttempts(finding.earlier ?? []))
    facts.push([`attempt ${number}`, describeVerdict(verdict)]);
  if (words)
    facts.push([
      'last line',
      words.line
        ? `${visibleLine(words.line.text, 120)}  (${formatMillis(words.ageMs)} ago)`
        : `none: the guest printed ${words.unfinished ? 'no whole line' : 'nothing'}`,
    ]);
  if (words?.unfinished.trim()) facts.push(['unfinished', `"${visible(words.unfinished, 120)}"`]);
  for (const event of cascade.slice(0, SHOWN_FAULTS)) facts.push(['fault', eventLine(event).trim()]);
  for (const each of vcpus.slice(0, SHOWN_VCPUS)) facts.push([`vCPU ${each.vcpu.cpu}`, vcpuLine(each)]);
  if (vcpus.length > SHOWN_VCPUS) facts.push(['', `and ${vcpus.length - SHOWN_VCPUS} vCPUs more, in backtraces.txt`]);
  facts.push(['evidence', folder]);
  if (reproduce) facts.push(['reproduce', reproduce]);
  return [headline(finding.verdict), ...facts.map(([name, value]) => `  ${name.padEnd(11)} ${value}`)].join('\n');
}

/** QEMU's own words and the command stand on lines of their own. */
function headline(verdict: Verdict): string {
  return verdict.kind === 'error' ? `error: ${visibleBlock(verdict.reason)}` : describeVerdict(verdict);
}

function failedSubtests(subtests: readonly Subtest[]): readonly Subtest[] {
  return subtests.filter(({ verdict }) => verdict.kind !== 'pass' && verdict.kind !== 'skip').slice(0, SHOWN_SUBTESTS);
}

function lastAttempts(earlier: NonNullable<Finding['earlier']>) {
  return earlier.map(({ verdict }, index) => ({ verdict, number: index + 1 })).slice(-SHOWN_ATTEMPTS);
}
