import type { Subtest, Verdict } from '../verdict/verdict.ts';
import type { TapBudget } from './tap-budget.ts';
import type { TapTestPoint } from './tap-line.ts';

/** What has been read of a document or of one subtest of it, ready to be named by the level above. */
export interface TapContents {
  readonly subtests: readonly Subtest[];
  readonly problems: readonly string[];
}

/** One level of results: a plan, and results numbered from 1. */
export class TapFrame {
  /** The column of this level's lines. */
  readonly width: number;
  readonly isKtap: boolean;
  /** From `# Subtest: name`: what to call this level as long as its result has not come. */
  announced: string | undefined;
  readonly #budget: TapBudget;
  #plan: { readonly count: number; readonly reason: string; readonly isLast: boolean } | undefined;
  #ran = 0;
  #lastNumber = 0;
  #subtests: Subtest[] = [];
  #problems: string[] = [];

  constructor(budget: TapBudget, width: number, isKtap: boolean, announced?: string) {
    this.#budget = budget;
    this.width = width;
    this.isKtap = isKtap;
    this.announced = announced;
  }

  get isEmpty(): boolean {
    return this.#ran === 0 && this.#plan === undefined;
  }

  get hasResults(): boolean {
    return this.#ran > 0;
  }

  /** Every planned result is there. */
  get isComplete(): boolean {
    return this.#plan !== undefined && this.#ran === this.#plan.count;
  }

  /** Why nothing was planned here; `undefined` when something was. */
  get skipReason(): string | undefined {
    return this.#plan?.count === 0 && this.#ran === 0 ? this.#plan.reason || 'no reason given' : undefined;
  }

  get contents(): TapContents {
    return { subtests: this.#subtests, problems: this.#problems };
  }

  takePlan(count: number, reason: string): void {
    if (this.#plan) this.takeProblem(`a second plan, 1..${count}`);
    else this.#plan = { count, reason, isLast: this.#ran > 0 };
  }

  takeProblem(problem: string): void {
    if (this.#budget.admitProblem()) this.#problems.push(problem);
  }

  /** @param why What is known of a failure beside the result itself. */
  takeResult(point: TapTestPoint, child: TapFrame | undefined, why: string): void {
    const number = this.#takeNumber(point.number);
    const name = point.name || child?.announced || `test ${number}`;
    const verdict = verdictOf(point, child?.skipReason, why);
    const parts = child ? child.close(name) : { subtests: [], problems: [] };
    const subtests = forgivesFailures(point) ? parts.subtests.map((part) => forgive(part, verdict)) : parts.subtests;
    this.#subtests.push(...subtests);
    this.#problems.push(...parts.problems);
    const isAlreadyTold = child?.hasResults && (verdict.kind !== 'fail' || subtests.some(hasFailed));
    if (!isAlreadyTold && this.#budget.admitSubtest()) this.#subtests.push({ name, verdict });
  }

  /** The level below ended without a result of its own. */
  takeUnfinished(child: TapFrame): void {
    const name = child.announced ?? '(unnamed)';
    const { subtests, problems } = child.close(name);
    this.#subtests.push(...subtests);
    this.#problems.push(...problems);
    this.takeProblem(`the result of "${name}" never came`);
  }

  /** The contents under a name, with what is wrong with the plan. A subtest without one is vouched for by its result. */
  close(name: string): TapContents {
    return {
      subtests: this.#subtests.map((part) => ({ ...part, name: `${name} > ${part.name}` })),
      problems: [...this.#problems, ...(this.#plan ? this.planProblems() : [])].map((problem) => `${name}: ${problem}`),
    };
  }

  planProblems(): string[] {
    if (this.#plan === undefined) return ['the plan (1..N) is missing'];
    return this.#ran === this.#plan.count ? [] : [`planned ${this.#plan.count}, ran ${this.#ran}`];
  }

  /** A copy to finish, while this one goes on. */
  clone(): TapFrame {
    const copy = new TapFrame(this.#budget, this.width, this.isKtap, this.announced);
    copy.#plan = this.#plan;
    copy.#ran = this.#ran;
    copy.#lastNumber = this.#lastNumber;
    copy.#subtests = [...this.#subtests];
    copy.#problems = [...this.#problems];
    return copy;
  }

  #takeNumber(declared: number | undefined): number {
    const expected = this.#lastNumber + 1;
    const number = declared ?? expected;
    if (number < expected) this.takeProblem(`result ${number} came again or out of order`);
    if (number > expected) this.takeProblem(`result ${number} came where ${expected} was expected`);
    if (this.#plan?.isLast) this.takeProblem(`result ${number} came after the plan that ended the list`);
    else if (this.#plan && number > this.#plan.count) {
      this.takeProblem(`result ${number} is past the plan of ${this.#plan.count}`);
    }
    this.#lastNumber = Math.max(this.#lastNumber, number);
    this.#ran++;
    return number;
  }
}

function verdictOf({ ok, directive, data }: TapTestPoint, childSkip: string | undefined, why: string): Verdict {
  if (directive === 'skip') return { kind: 'skip', because: data || childSkip || 'no reason given' };
  if (ok) return childSkip === undefined ? { kind: 'pass' } : { kind: 'skip', because: childSkip };
  if (directive) return { kind: 'skip', because: `${directive.toUpperCase()}: ${data || 'no reason given'}` };
  return { kind: 'fail', reason: ['not ok', data, why].filter((part) => part !== '').join(': ') };
}

/** A test that is known not to work may have parts that fail. */
function forgivesFailures({ ok, directive }: TapTestPoint): boolean {
  return !ok && directive !== undefined;
}

function forgive(part: Subtest, verdict: Verdict): Subtest {
  return hasFailed(part) ? { ...part, verdict } : part;
}

function hasFailed(part: Subtest): boolean {
  return part.verdict.kind === 'fail';
}
