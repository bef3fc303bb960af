import { posix } from 'node:path';
import { visible, visibleLine } from '../../lines/visible.ts';
import { causeOf } from '../../verdict/cause.ts';
import { describeVerdict } from '../../verdict/describe.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { describeEarlier, isFlaky } from '../attempts.ts';
import { type Change, type Comparison, isBad } from '../baseline/comparison.ts';
import { describeChange } from '../baseline/comparison-words.ts';
import { exitCodeOfVerdict } from '../exit.ts';
import { Groups } from '../groups.ts';
import { counted, listed } from '../layout.ts';
import type { CaseResult, RunResults } from '../results.ts';
import { runAnnotations } from './run-annotations.ts';

/** What a CI system is to show at a line of a suite file, or of the run as a whole. Its texts are safe to print. */
export interface Annotation {
  readonly level: 'error' | 'warning';
  /** `undefined`: it is about the run. */
  readonly place: { readonly file: string; readonly line: number | undefined } | undefined;
  /** One line. */
  readonly title: string;
  /** Lines. */
  readonly message: readonly string[];
  /** Annotations of one cause share it. The first of them tells of the others. */
  readonly cause: string;
  /** The same in every run for a case of this name with the same cause. */
  readonly identity: string;
}

export interface AnnotationOptions {
  /** What is excused by a baseline is not annotated, and what is gone by it is. */
  readonly comparison?: Comparison | undefined;
  /** The folder that evidence paths are relative to, as the reader would type it. */
  readonly reports: string;
}

const MOST_NAMED = 5;

/**
 * What makes a run red, the most telling first: what is missing of the run; then one case of every cause, the cause that
 * holds up most cases first; then the others. Flaky cases come last, as warnings. A CI system that shows but ten shows
 * ten causes.
 */
export function annotationsOf(results: RunResults, { comparison, reports }: AnnotationOptions): Annotation[] {
  const causes = causesOf(comparison ? worse(comparison, results) : failing(results));
  const [heads, others] = [causes.map(headOf), causes.flatMap(othersOf)];
  return [
    ...runAnnotations(results, comparison),
    ...[...heads, ...others].map((told) => annotationOf(told, reports)),
    ...results.results.filter(isFlaky).map(flakyAnnotation),
  ];
}

/** A result that is to be annotated. */
interface Finding {
  readonly result: CaseResult;
  /** What became of it, in a line. */
  readonly told: string;
}

function failing({ results }: RunResults): Finding[] {
  return results
    .filter(({ verdict }) => exitCodeOfVerdict(verdict) !== 0)
    .map((result) => ({ result, told: describeVerdict(result.verdict) }));
}

/** What a baseline does not excuse. A declaration that is stale is none of its business. */
function worse({ changes }: Comparison, { results }: RunResults): Finding[] {
  const bad = new Map<CaseResult, Change>();
  for (const change of changes) if (change.result && isBad(change.change)) bad.set(change.result, change);
  return results.flatMap((result) => {
    const change = bad.get(result);
    if (change) return [{ result, told: describeChange(change) }];
    return result.verdict.kind === 'unexpected-pass' ? [{ result, told: describeVerdict(result.verdict) }] : [];
  });
}

/** Cases that have one cause: each with the environments where it has. */
interface Cause {
  readonly cause: string;
  readonly rank: number;
  readonly cases: Groups<Finding[]>;
}

function causesOf(findings: readonly Finding[]): Cause[] {
  const causes = new Groups<Cause>();
  for (const finding of findings) {
    const { verdict, file, line, suite, case: name } = finding.result;
    const cause = causeOf(verdict);
    const { cases } = causes.at([cause], () => ({ cause, rank: rankOf(verdict), cases: new Groups() }));
    cases.at([file, line, suite, name], () => []).push(finding);
  }
  return causes.values.sort((a, b) => a.rank - b.rank || b.cases.values.length - a.cases.values.length);
}

/** What the kernel does comes before what keeps it from being judged. */
function rankOf(verdict: Verdict): number {
  return ['error', 'missing'].indexOf(verdict.kind) + 1;
}

/** One case, and what it tells of others that have its cause. */
interface Told {
  readonly cause: string;
  readonly findings: readonly Finding[];
  readonly others: readonly Finding[];
}

function headOf({ cause, cases }: Cause): Told {
  const [findings = [], ...others] = cases.values;
  return { cause, findings, others: others.flatMap(([first]) => first ?? []) };
}

function othersOf({ cause, cases }: Cause): Told[] {
  return cases.values.slice(1).map((findings) => ({ cause, findings, others: [] }));
}

function annotationOf({ cause, findings, others }: Told, reports: string): Annotation {
  const [first] = findings;
  if (!first) throw new Error('a case without a finding');
  const { result } = first;
  const differ = new Set(findings.map(({ told }) => told)).size > 1;
  const tell = ({ told, result: { environment } }: Finding) => (differ ? `${visible(environment)}: ${told}` : told);
  return {
    level: 'error',
    place: placeOf(result),
    title: titleOf(findings.map((finding) => finding.result)),
    message: [
      ...(differ ? findings : [first]).map(tell),
      ...(others.length > 0 ? [sameCause(others)] : []),
      ...findings.flatMap(({ result: { evidence } }) =>
        evidence === undefined ? [] : [`evidence  ${visible(posix.join(reports, evidence), 1_000)}`],
      ),
    ],
    cause,
    identity: identityOf(result, cause),
  };
}

function sameCause(others: readonly Finding[]): string {
  const named = others.slice(0, MOST_NAMED).map(({ result: { suite, case: name } }) => `${suite} > ${name}`);
  const more = others.length - named.length;
  return visibleLine(
    `${counted(others.length, 'more case')} of this cause: ${[...named, ...(more > 0 ? [`${more} more`] : [])].join(', ')}`,
    1_000,
  );
}

function flakyAnnotation(result: CaseResult): Annotation {
  return {
    level: 'warning',
    place: placeOf(result),
    title: titleOf([result]),
    message: ['flaky: passed after an attempt that did not', ...describeEarlier(result)],
    cause: 'flaky',
    identity: identityOf(result, `flaky ${result.environment}`),
  };
}

function placeOf({ file, line }: CaseResult): Annotation['place'] {
  return { file: visible(file, 1_000), line };
}

/** `signals > alarm() fires on linux/x86_64 and linux/aarch64` */
function titleOf(results: readonly CaseResult[]): string {
  const [first] = results;
  const environments = listed([...new Set(results.map(({ environment }) => environment))]);
  return visibleLine(`${first?.suite} > ${first?.case} on ${environments}`);
}

/** Without the line, which moves with what is written above it. */
function identityOf({ file, suite, case: name }: CaseResult, cause: string): string {
  return JSON.stringify([file, suite, name, cause]);
}
