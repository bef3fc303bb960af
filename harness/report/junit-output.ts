import { visible, visibleLine } from '../lines/visible.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { describeReason } from '../verdict/expected-failure.ts';
import { failedBefore, isFlaky } from './attempts.ts';
import type { CaseResult } from './results.ts';

/** The files in a folder of evidence that a CI system is to show with a case, as it finds them; the first is the one that GitLab links to. */
export type AttachmentsOf = (evidence: string) => readonly string[];

/**
 * What stands in a case's system-out: what the format has no elements for, in lines that tools know (`[[PROPERTY|…]]`), then
 * subtests and notes, then the evidence, of earlier attempts too, as Jenkins and GitLab take it (`[[ATTACHMENT|…]]`). Empty for a pass of
 * which nothing else is known.
 */
export function junitOutput(result: CaseResult, attachmentsOf: AttachmentsOf): string {
  const { subtests, notes, evidence } = result;
  const folders = [evidence, ...failedBefore(result).map((attempt) => attempt.evidence)];
  return [
    ...Object.entries(propertiesOf(result)).map(([name, value]) => `[[PROPERTY|${name}=${propertyValue(value)}]]`),
    ...subtests.map(({ name, verdict }) => inert(`${visibleLine(name)}: ${describeVerdict(verdict)}`)),
    ...notes.map((note) => inert(`note: ${visibleLine(note)}`)),
    ...folders
      .flatMap((folder) => (folder === undefined ? [] : attachmentsOf(folder)))
      .filter(canBeAttached)
      .map((file) => `[[ATTACHMENT|${file}]]`),
  ].join('\n');
}

function propertiesOf(result: CaseResult): Readonly<Record<string, string>> {
  const { about, verdict, fingerprint, attempts, evidence } = result;
  return {
    ...(verdict.kind === 'pass' ? {} : { verdict: verdict.kind }),
    ...(about === undefined ? {} : { about }),
    ...(verdict.kind === 'expected-failure' ? { because: describeReason(verdict) } : {}),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(attempts ? { attempts: String(attempts.length), flaky: String(isFlaky(result)) } : {}),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function propertyValue(value: string): string {
  return inert(visibleLine(value, 1_000)).replaceAll(']]', ']\\x5d');
}

/** Jenkins attaches whatever file of the agent such a line names: a guest must not be able to write one. */
function inert(text: string): string {
  return text.replaceAll(/\[(?=\[\s*[a-z]+\s*\|)/gi, '\\x5b');
}

/** A name that stands in such a line as it is, and ends where it ends. */
function canBeAttached(file: string): boolean {
  return !/[[\]|]/.test(file) && visible(file, Number.POSITIVE_INFINITY) === file;
}
