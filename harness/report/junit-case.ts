import type { TestCase, TestSuite } from 'junit-report-builder';
import { visible } from '../lines/visible.ts';
import type { Millis } from '../units.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { describeExpectation } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { failedBefore, isFlaky } from './attempts.ts';
import { type AttachmentsOf, junitOutput } from './junit-output.ts';
import type { CaseResult } from './results.ts';
import { xmlAttribute, xmlBlock } from './xml-text.ts';

/** Less than an attribute may have, so that the environment is never cut off. */
const LONGEST_TITLE = 1_500;

/** What consumers tell apart. */
export type JunitOutcome = 'passed' | 'failure' | 'error' | 'skipped';

/** A case in the words of the format. */
export interface JunitCase {
  readonly className: string;
  readonly name: string;
  readonly tookMs: Millis;
  /** What a case that did not pass is told with: for `skipped`, the text alone. */
  readonly told?: { readonly as: Exclude<JunitOutcome, 'passed'>; readonly type: string } & Story;
  readonly reruns?: readonly Rerun[];
  readonly output?: string;
}

/** An earlier attempt. */
type Rerun = { readonly element: string; readonly type: string } & Story;

type XmlElement = ReturnType<TestCase['build']>;

interface Story {
  readonly message: string;
  /** Never empty: GitLab shows no message. */
  readonly text: string;
}

/** What a verdict counts as. A failure that its author declares is skipped, as pytest's xfail is: to call it a pass would be false. */
export function junitOutcome({ kind }: Verdict): JunitOutcome {
  switch (kind) {
    case 'pass':
      return 'passed';
    case 'skip':
    case 'expected-failure':
      return 'skipped';
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'missing':
    case 'unexpected-pass':
      return 'failure';
    case 'error':
      return 'error';
    default:
      return kind satisfies never;
  }
}

export function junitCase(result: CaseResult, className: string, attachmentsOf: AttachmentsOf): JunitCase {
  const { suite, case: title, environment, verdict, durationMs } = result;
  const outcome = junitOutcome(verdict);
  const output = junitOutput(result, attachmentsOf);
  return {
    className,
    // Whole, since a merge request or an annotation shows nothing else.
    name: `${visible(`${suite} > ${title}`, LONGEST_TITLE)} [${environment}]`,
    tookMs: durationMs,
    ...(outcome === 'passed' ? {} : { told: { as: outcome, type: verdict.kind, ...storyOf(verdict) } }),
    reruns: rerunsOf(result),
    ...(output === '' ? {} : { output }),
  };
}

function storyOf(verdict: Verdict): Story {
  const message = describeVerdict(verdict);
  switch (verdict.kind) {
    case 'fail':
    case 'error':
      return { message, text: verdict.reason.trim() === '' ? message : verdict.reason };
    case 'unexpected-pass':
      return { message, text: `${message}\ndelete ${describeExpectation(verdict)}` };
    case 'skip':
      return { message, text: verdict.because.trim() === '' ? message : verdict.because };
    case 'pass':
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'missing':
    case 'expected-failure':
      return { message, text: message };
    default:
      return verdict satisfies never;
  }
}

/**
 * The attempts that failed before the last, in Maven Surefire's elements: those who know them, such as Jenkins, tell flaky
 * cases apart, and the others pass over them and take the case for what it came to.
 */
function rerunsOf(result: CaseResult): NonNullable<JunitCase['reruns']> {
  return failedBefore(result).map(({ verdict }) => ({
    element: `${isFlaky(result) ? 'flaky' : 'rerun'}${verdict.kind === 'error' ? 'Error' : 'Failure'}`,
    type: verdict.kind,
    ...storyOf(verdict),
  }));
}

/** To the millisecond, so that no exponent appears, which is no decimal number to an XML schema. */
export function seconds(ms: Millis): number {
  return Math.round(ms) / 1_000;
}

/** Adds the element, in the order that the strictest schemas ask for: what became of it, what it did before, what it said. */
export function addCase(suite: TestSuite, { className, name, tookMs, told, reruns = [], output }: JunitCase): void {
  const testCase = suite.testCase().className(xmlAttribute(className)).name(xmlAttribute(name)).time(seconds(tookMs));
  if (told) addStory(testCase, told);
  if (output !== undefined) testCase.standardOutput(xmlBlock(output));
  if (reruns.length > 0) addReruns(testCase, reruns);
}

function addStory(testCase: TestCase, { as, type, message, text }: NonNullable<JunitCase['told']>): void {
  switch (as) {
    case 'failure':
      testCase.failure(xmlAttribute(message), type).stacktrace(xmlBlock(text));
      return;
    case 'error':
      testCase.error(xmlAttribute(message), type, xmlBlock(text));
      return;
    case 'skipped':
      // Strict schemas allow it no attributes.
      testCase.skipped();
      extend(testCase, (element) => childOf(element, 'skipped')?.cdata(xmlBlock(text)));
      return;
    default:
      as satisfies never;
  }
}

function addReruns(testCase: TestCase, reruns: readonly Rerun[]): void {
  extend(testCase, (element) => {
    const output = childOf(element, 'system-out');
    for (const { element: name, type, message, text } of reruns) {
      const told = { message: xmlAttribute(message), type };
      const rerun = output ? output.insertBefore(name, told) : element.ele(name, told);
      rerun.ele('stackTrace').cdata(xmlBlock(text));
    }
  });
}

function childOf({ children }: XmlElement, name: string): XmlElement | undefined {
  return children.find((child): child is XmlElement => (child as XmlElement).name === name);
}

/** The library has no words for some of what the format has: that follows when it has built the rest. */
function extend(testCase: TestCase, add: (element: XmlElement) => void): void {
  const build = testCase.build.bind(testCase);
  testCase.build = (parent) => {
    const element = build(parent);
    add(element);
    return element;
  };
}
