import { posix } from 'node:path';
import junitReportBuilder, { type Builder, type TestCase, type TestSuite } from 'junit-report-builder';
import type { Millis } from '../units.ts';
import { describeVerdict } from '../verdict/describe.ts';
import { describeExpectation, describeReason } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { failedBefore, isFlaky } from './attempts.ts';
import { Groups } from './groups.ts';
import type { CaseResult, EnvironmentFacts, RunResults, SuiteFloor } from './results.ts';
import { describeIncomplete } from './run-words.ts';
import { xmlAttribute, xmlBlock } from './xml-text.ts';

// The module's value is the builder itself; its declarations, read as those of a CommonJS module, put it one level deeper.
const junitReports = junitReportBuilder as unknown as Builder;

export interface JunitOptions {
  /** The folder of the reports as CI finds it, most often relative to the checkout. Attachments begin with it. */
  readonly reports: string;
}

/**
 * junit.xml: a testsuite for each environment and suite. Well-formed whatever the guest printed. A floor that is not met and
 * a run that was cut short are failed test cases of their own, so that a reader of this file alone is not told a green run.
 */
export function renderJunit(results: RunResults, { reports }: JunitOptions): string {
  const builder = junitReports.newBuilder();
  builder.name('twinboot');
  for (const group of groupsOf(results)) addSuite(builder, group, results, reports);
  addFaults(builder, results.run);
  return `${builder.build()}\n`;
}

interface SuiteGroup {
  readonly environment: string;
  readonly suite: string;
  readonly results: CaseResult[];
  readonly floors: SuiteFloor[];
}

/** In the order of the results; suites that only have a floor come last. */
function groupsOf({ results, floors }: RunResults): SuiteGroup[] {
  const groups = new Groups<SuiteGroup>();
  const at = ({ environment, suite }: CaseResult | SuiteFloor) =>
    groups.at([environment, suite], () => ({ environment, suite, results: [], floors: [] }));
  for (const result of results) at(result).results.push(result);
  for (const floor of floors) if (floor.executed < floor.atLeast) at(floor).floors.push(floor);
  return groups.values;
}

function addSuite(builder: Builder, group: SuiteGroup, { run, environments }: RunResults, reports: string): void {
  const className = xmlAttribute(`${group.environment}.${group.suite}`);
  const suite = builder.testSuite().name(className);
  suite.timestamp(utcSeconds(run.startedAt));
  suite.time(seconds(group.results.reduce((sum, { durationMs }) => sum + durationMs, 0)));
  addProperties(
    suite,
    run,
    environments.find(({ id }) => id === group.environment),
  );
  for (const result of group.results) addCase(suite.testCase().className(className), result, reports);
  for (const { atLeast, executed } of group.floors) {
    const message = `${executed} cases executed, at least ${atLeast} declared`;
    suite.testCase().className(className).name('enough cases are executed').time(0).failure(message, 'floor');
  }
}

function addProperties(suite: TestSuite, run: RunResults['run'], environment: EnvironmentFacts | undefined): void {
  const properties = {
    run: run.id,
    harness: run.harness,
    os: run.host.os,
    ...(environment && {
      target: environment.target,
      arch: environment.arch,
      accelerator: environment.accelerator,
      qemu: run.host.qemu[environment.arch] ?? 'unknown',
    }),
  };
  for (const [name, value] of Object.entries(properties)) suite.property(name, xmlAttribute(value));
}

function addCase(testCase: TestCase, result: CaseResult, reports: string): void {
  testCase.name(xmlAttribute(result.case)).file(xmlAttribute(result.file)).time(seconds(result.durationMs));
  if (result.about !== undefined) testCase.property('about', xmlAttribute(result.about));
  addVerdict(testCase, result.verdict);
  addReruns(testCase, result);
  const output = outputOf(result, reports);
  if (output.length > 0) testCase.standardOutput(output.join('\n'));
}

function addVerdict(testCase: TestCase, verdict: Verdict): void {
  const message = xmlAttribute(describeVerdict(verdict));
  switch (verdict.kind) {
    case 'pass':
      return;
    case 'skip':
      testCase.property('because', xmlAttribute(verdict.because)).skipped();
      return;
    case 'expected-failure':
      // Skipped, as pytest's xfail is: the format knows no gaps that are known, and to call it a pass would be false. What
      // it came to stands in its output: strict schemas have no room for a message here.
      testCase.property('because', xmlAttribute(describeReason(verdict))).skipped();
      return;
    case 'fail':
      testCase.failure(message, verdict.kind).stacktrace(xmlBlock(verdict.reason));
      return;
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'missing':
      testCase.failure(message, verdict.kind);
      return;
    case 'unexpected-pass':
      testCase.failure(message, verdict.kind).stacktrace(xmlBlock(`delete ${describeExpectation(verdict)}`));
      return;
    case 'error':
      testCase.error(message, verdict.kind, xmlBlock(verdict.reason));
      return;
    default:
      verdict satisfies never;
  }
}

/**
 * The attempts that failed before the last, in Maven Surefire's elements: those who know them, such as Jenkins, tell flaky
 * cases apart, and the others pass over them and take the case for what it came to. The library has no words for them,
 * so they follow when it has built the rest.
 */
function addReruns(testCase: TestCase, result: CaseResult): void {
  const reruns = failedBefore(result);
  if (reruns.length === 0) return;
  const build = testCase.build.bind(testCase);
  testCase.build = (parent) => {
    const element = build(parent);
    for (const { verdict } of reruns) {
      const name = `${isFlaky(result) ? 'flaky' : 'rerun'}${verdict.kind === 'error' ? 'Error' : 'Failure'}`;
      const rerun = element.ele(name, { message: xmlAttribute(describeVerdict(verdict)), type: verdict.kind });
      rerun.ele('stackTrace').cdata(xmlBlock('reason' in verdict ? verdict.reason : describeVerdict(verdict)));
    }
    return element;
  };
}

/** What a skipped element cannot say, subtests, notes, and the evidence, of earlier attempts too, as the lines that Jenkins and GitLab take for attachments. */
function outputOf(result: CaseResult, reports: string): string[] {
  const { verdict, subtests, notes, evidence } = result;
  const folders = [evidence, ...failedBefore(result).map((attempt) => attempt.evidence)];
  return [
    ...(verdict.kind === 'expected-failure' ? [xmlBlock(describeVerdict(verdict))] : []),
    ...subtests.map(({ name, verdict }) => xmlBlock(`${name}: ${describeVerdict(verdict)}`)),
    ...notes.map((note) => xmlBlock(`note: ${note}`)),
    ...folders.flatMap((folder) =>
      folder === undefined ? [] : [`[[ATTACHMENT|${xmlBlock(posix.join(reports, folder))}]]`],
    ),
  ];
}

/** What is wrong with the run as a whole. */
function addFaults(builder: Builder, run: RunResults['run']): void {
  const { complete, faults = [] } = run;
  const { what, so } = describeIncomplete(run);
  if (complete && faults.length === 0) return;
  const suite = builder.testSuite().name('twinboot');
  const fail = (name: string, message: string, type: string) =>
    suite.testCase().className('twinboot').name(name).time(0).failure(message, type);
  if (!complete) fail('the run is complete', `${what}: ${so}`, 'incomplete');
  for (const fault of faults) fail('the run is whole', xmlAttribute(fault), 'fault');
}

/** To the millisecond, so that no exponent appears, which is no decimal number to an XML schema. */
function seconds(ms: Millis): number {
  return Math.round(ms) / 1_000;
}

/** The form that the strictest schemas of JUnit files ask for: no zone, no fraction. */
function utcSeconds(moment: string): string {
  return new Date(moment).toISOString().slice(0, 19);
}
