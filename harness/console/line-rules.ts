import type { Line } from '../lines/line.ts';
import type { Subtest, Verdict } from '../verdict/verdict.ts';
import { withoutMemory } from './patterns.ts';

const MAX_SUBTESTS = 10_000;
const MAX_PROBLEMS = 100;

/** What a line of a kernel's own test output means. Plain data, as a target declares it. */
export type LineRule =
  /** The subtest's name is the group `name`, else group 1, else the whole match. */
  | { readonly match: RegExp; readonly subtest: 'pass' | 'fail' | 'skip' | 'started' }
  /** A verdict for the whole case. */
  | { readonly match: RegExp; readonly case: 'pass' | 'fail' | 'skip' };

export interface LineRuleResult {
  readonly subtests: readonly Subtest[];
  /** Absent when no line gave a verdict for the whole case. */
  readonly case?: Verdict;
  /** The subtest that was started last and has not finished: the one to blame for a death. */
  readonly started?: string;
  readonly problems: readonly string[];
}

type SubtestRule = Extract<LineRule, { subtest: unknown }>;
type CaseRule = Extract<LineRule, { case: unknown }>;
type ReportedVerdict = Extract<Verdict, { kind: 'pass' | 'fail' | 'skip' }>;

/** Of two reports the one further right holds. */
const SEVERITY = { pass: 0, skip: 1, fail: 2 } as const satisfies Record<ReportedVerdict['kind'], number>;

/**
 * Reads results out of a console by a target's rules. To each line the first matching rule for a subtest and the first
 * matching rule for the case apply. Bounded in memory.
 */
export class LineRuleReader {
  readonly #subtestRules: readonly SubtestRule[];
  readonly #caseRules: readonly CaseRule[];
  readonly #reported = new Map<string, ReportedVerdict>();
  /** In the order in which they were started. */
  readonly #started = new Set<string>();
  readonly #problems: string[] = [];
  #case: ReportedVerdict | undefined;
  #refused = 0;
  #untoldProblems = 0;

  constructor(rules: readonly LineRule[]) {
    const compiled = rules.map((rule) => ({ ...rule, match: withoutMemory(rule.match) }));
    this.#subtestRules = compiled.filter((rule) => 'subtest' in rule);
    this.#caseRules = compiled.filter((rule) => 'case' in rule);
  }

  accept(line: Line | string): void {
    const text = typeof line === 'string' ? line : line.text;
    const [caseRule] = firstMatch(this.#caseRules, text) ?? [];
    if (caseRule) this.#takeCase(verdictFrom(caseRule.case, text));

    const [rule, match] = firstMatch(this.#subtestRules, text) ?? [];
    if (rule === undefined || match === undefined) return;
    const name = match.groups?.name ?? match[1] ?? match[0];
    if (!this.#isKnown(name) && this.#reported.size + this.#started.size >= MAX_SUBTESTS) this.#refused++;
    else if (rule.subtest === 'started') this.#takeStart(name);
    else this.#takeReport(name, verdictFrom(rule.subtest, text));
  }

  /** The verdict that a line gave for the whole case, so far. */
  get case(): Verdict | undefined {
    return this.#case;
  }

  /** What has been read so far, as if the stream ended here. */
  result(): LineRuleResult {
    const unfinished = [...this.#started];
    const started = unfinished.at(-1);
    const problems = [...this.#problems, ...unfinished.map((name) => `"${name}" was started and never finished`)];
    const kept = problems.slice(0, MAX_PROBLEMS);
    const untold = problems.length - kept.length + this.#untoldProblems;
    if (untold > 0) kept.push(`and ${untold} more problems`);
    if (this.#refused > 0) kept.push(`${this.#refused} reports past the first ${MAX_SUBTESTS} subtests were not kept`);
    return {
      subtests: [...this.#reported].map(([name, verdict]) => ({ name, verdict })),
      ...(this.#case && { case: this.#case }),
      ...(started !== undefined && { started }),
      problems: kept,
    };
  }

  #isKnown(name: string): boolean {
    return this.#reported.has(name) || this.#started.has(name);
  }

  #takeStart(name: string): void {
    this.#started.delete(name);
    this.#started.add(name);
  }

  #takeReport(name: string, verdict: ReportedVerdict): void {
    this.#started.delete(name);
    const earlier = this.#reported.get(name);
    if (earlier && earlier.kind !== verdict.kind) {
      this.#takeProblem(`"${name}" was reported as ${earlier.kind} and as ${verdict.kind}`);
    }
    this.#reported.set(name, worseOf(earlier, verdict));
  }

  #takeCase(verdict: ReportedVerdict): void {
    if (this.#case && this.#case.kind !== verdict.kind) {
      this.#takeProblem(`the case was reported as ${this.#case.kind} and as ${verdict.kind}`);
    }
    this.#case = worseOf(this.#case, verdict);
  }

  #takeProblem(problem: string): void {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push(problem);
    else this.#untoldProblems++;
  }
}

function firstMatch<Rule extends LineRule>(
  rules: readonly Rule[],
  text: string,
): readonly [Rule, RegExpExecArray] | undefined {
  for (const rule of rules) {
    const match = rule.match.exec(text);
    if (match) return [rule, match];
  }
  return undefined;
}

function verdictFrom(kind: ReportedVerdict['kind'], text: string): ReportedVerdict {
  switch (kind) {
    case 'pass':
      return { kind };
    case 'fail':
      return { kind, reason: text };
    case 'skip':
      return { kind, because: text };
    default:
      return kind satisfies never;
  }
}

function worseOf(earlier: ReportedVerdict | undefined, later: ReportedVerdict): ReportedVerdict {
  return earlier && SEVERITY[earlier.kind] >= SEVERITY[later.kind] ? earlier : later;
}
