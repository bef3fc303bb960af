import junitReportBuilder, { type Builder } from 'junit-report-builder';
import { Groups } from './groups.ts';
import { addCase, type JunitCase, type JunitOutcome, junitCase, junitOutcome, seconds } from './junit-case.ts';
import type { AttachmentsOf } from './junit-output.ts';
import type { CaseResult, EnvironmentFacts, RunResults, SuiteFloor } from './results.ts';
import { describeIncomplete } from './run-words.ts';
import { xmlAttribute } from './xml-text.ts';

// The module's value is the builder itself; its declarations, read as those of a CommonJS module, put it one level deeper.
const junitReports = junitReportBuilder as unknown as Builder;

/** {@link junitPieces} as one text. */
export function renderJunit(results: RunResults, attachmentsOf: AttachmentsOf): string {
  return [...junitPieces(results, attachmentsOf)].join('');
}

/**
 * junit.xml, piece by piece: a testsuite for each environment, suite and file. Valid by the strictest schemas that Jenkins has,
 * whatever the guest printed. A floor that is not met and a run that was cut short are failed test cases of their own, so that a
 * reader of this file alone is not told a green run. docs/decisions/junit.md says why it is as it is.
 */
export function* junitPieces(results: RunResults, attachmentsOf: AttachmentsOf): Generator<string, void, undefined> {
  const suites = [...suitesOf(results), ...suiteOfFaults(results.run)];
  const { tests, failures, errors } = sumOf(suites.map(({ counts }) => counts));
  const time = seconds(results.run.durationMs);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="twinboot" tests="${tests}" failures="${failures}" errors="${errors}" time="${time}">\n`;
  for (const suite of suites) yield renderSuite(suite, results.run, attachmentsOf);
  yield '</testsuites>\n';
}

/** What the root tells of all suites; the library counts each. */
interface Counts {
  readonly tests: number;
  readonly failures: number;
  readonly errors: number;
}

interface JunitSuite {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly counts: Counts;
  readonly results: readonly CaseResult[];
  /** Failed cases that nobody has declared. */
  readonly added: readonly JunitCase[];
}

interface SuiteGroup {
  readonly environment: string;
  readonly suite: string;
  readonly results: CaseResult[];
  readonly floors: SuiteFloor[];
}

/** In the order of the results; suites that only have a floor come last. */
function suitesOf({ run, environments, results, floors }: RunResults): JunitSuite[] {
  const groups = new Groups<SuiteGroup>();
  const at = ({ environment, suite }: CaseResult | SuiteFloor, file = '') =>
    groups.at([environment, suite, file], () => ({ environment, suite, results: [], floors: [] }));
  for (const result of results) at(result, result.file).results.push(result);
  for (const floor of floors) if (floor.executed < floor.atLeast) at(floor).floors.push(floor);
  const factsOf = new Map(environments.map((facts) => [facts.id, facts]));
  return groups.values.map(({ environment, suite, results, floors }) => {
    // Jenkins takes what stands before the last dot for a package.
    const name = `${environment}.${suite}`;
    const added = floors.map((floor) => floorCase(name, floor));
    return {
      name,
      properties: propertiesOf(run, environment, factsOf.get(environment), results[0]?.file),
      counts: countsOf([
        ...results.map(({ verdict }) => junitOutcome(verdict)),
        ...added.map(() => 'failure' as const),
      ]),
      results,
      added,
    };
  });
}

function floorCase(className: string, { suite, environment, atLeast, executed }: SuiteFloor): JunitCase {
  const told = `${executed} cases executed, at least ${atLeast} declared`;
  return failedCase(className, `${suite} > enough cases are executed [${environment}]`, told, 'floor');
}

function propertiesOf(
  run: RunResults['run'],
  id: string,
  environment: EnvironmentFacts | undefined,
  file: string | undefined,
): Readonly<Record<string, string>> {
  return {
    environment: id,
    ...(file === undefined ? {} : { file }),
    ...(environment && {
      target: environment.target,
      arch: environment.arch,
      accelerator: environment.accelerator,
      qemu: run.host.qemu[environment.arch] ?? 'unknown',
    }),
    run: run.id,
    harness: run.harness,
    os: run.host.os,
  };
}

/** What is wrong with the run as a whole. */
function suiteOfFaults(run: RunResults['run']): JunitSuite[] {
  const { complete, faults = [] } = run;
  const { what, so } = describeIncomplete(run);
  const added = [
    ...(complete ? [] : [failedCase('twinboot', 'the run is complete', `${what}: ${so}`, 'incomplete')]),
    ...faults.map((fault, index) =>
      // Of cases with one name, GitLab takes the first.
      failedCase('twinboot', `the run is whole${index === 0 ? '' : ` (${index + 1})`}`, fault, 'fault'),
    ),
  ];
  if (added.length === 0) return [];
  const properties = { run: run.id, harness: run.harness, os: run.host.os };
  return [{ name: 'twinboot', properties, counts: countsOf(added.map(() => 'failure' as const)), results: [], added }];
}

function failedCase(className: string, name: string, message: string, type: string): JunitCase {
  return { className, name, tookMs: 0, told: { as: 'failure', type, message, text: message } };
}

function countsOf(outcomes: readonly JunitOutcome[]): Counts {
  const count = (wanted: JunitOutcome) => outcomes.filter((outcome) => outcome === wanted).length;
  return {
    tests: outcomes.length,
    failures: count('failure'),
    errors: count('error'),
  };
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = (field: keyof Counts) => all.reduce((total, counts) => total + counts[field], 0);
  return { tests: sum('tests'), failures: sum('failures'), errors: sum('errors') };
}

function renderSuite(
  { name, properties, results, added }: JunitSuite,
  { startedAt }: RunResults['run'],
  attachmentsOf: AttachmentsOf,
): string {
  const tookMs = results.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const builder = junitReports.newBuilder();
  const suite = builder.testSuite().name(xmlAttribute(name)).timestamp(utcSeconds(startedAt)).time(seconds(tookMs));
  for (const [property, value] of Object.entries(properties)) suite.property(property, xmlAttribute(value));
  for (const result of results) addCase(suite, junitCase(result, name, attachmentsOf));
  for (const failed of added) addCase(suite, failed);
  return `  ${withoutRoot(builder.build())}`;
}

/** Of a document with one suite the suite alone: a whole run would not fit, and strict schemas refuse the root that the library makes. */
function withoutRoot(document: string): string {
  return document.slice(document.indexOf('<testsuite '), document.lastIndexOf('</testsuites>'));
}

/** The form that the strictest schemas of JUnit files ask for: no zone, no fraction. */
function utcSeconds(moment: string): string {
  return new Date(moment).toISOString().slice(0, 19);
}
