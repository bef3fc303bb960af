import { visibleLine } from '../lines/visible.ts';
import type { Expectation, Verdict } from './verdict.ts';

/**
 * The verdict of a case that is declared to fail. Strict: a pass is not taken for a failure that happens not to show. What
 * says nothing of the kernel's behaviour (a skip, a program that is missing, an error) stays what it is.
 */
export function judgeAgainst({ because, issue, on }: Expectation, verdict: Verdict): Verdict {
  const reason = { because, ...(issue === undefined ? {} : { issue }) };
  switch (verdict.kind) {
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
      return { kind: 'expected-failure', ...reason, actual: verdict };
    case 'pass':
      return { kind: 'unexpected-pass', ...reason, ...(on === undefined ? {} : { on }) };
    case 'skip':
    case 'missing':
    case 'error':
    case 'expected-failure':
    case 'unexpected-pass':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

/** What the kernel did, whatever was expected of it. */
export function regardlessOfExpectation(verdict: Verdict): Verdict {
  switch (verdict.kind) {
    case 'expected-failure':
      return verdict.actual;
    case 'unexpected-pass':
      return { kind: 'pass' };
    case 'pass':
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'skip':
    case 'missing':
    case 'error':
      return verdict;
    default:
      return verdict satisfies never;
  }
}

/** `needs an x19-x28 port, #12`. One line, safe to print. */
export function describeReason({ because, issue }: Pick<Expectation, 'because' | 'issue'>): string {
  return `${visibleLine(because)}${issue === undefined ? '' : `, ${visibleLine(issue, 100)}`}`;
}

/** The declaration as its author may have written it: `expectFailure: { on: "aarch64", because: "no port" }`. */
export function describeExpectation({ on, because, issue }: Expectation): string {
  const fields = [
    ...(on === undefined ? [] : [`on: ${describePlaces(on)}`]),
    `because: ${quoted(because)}`,
    ...(issue === undefined ? [] : [`issue: ${quoted(issue)}`]),
  ];
  return `expectFailure: { ${fields.join(', ')} }`;
}

/** `"aarch64"`, `["linux/aarch64", "linux/x86_64/smp"]`. */
export function describePlaces(on: readonly string[]): string {
  const places = on.map(quoted).join(', ');
  return on.length === 1 ? places : `[${places}]`;
}

function quoted(text: string): string {
  return JSON.stringify(visibleLine(text));
}
