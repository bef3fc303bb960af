import type { Line } from '../lines/line.ts';
import type { Subtest } from '../verdict/verdict.ts';
import { TapBudget } from './tap-budget.ts';
import { type TapContents, TapFrame } from './tap-frame.ts';
import { type IndentedTapLine, readTapLine, type TapTestPoint } from './tap-line.ts';

const MAX_DEPTH = 16;
const MAX_REASON_LENGTH = 300;

/** Comments that say why the next result is a failure: KUnit's `# x: EXPECTATION FAILED at lib/x.c:12`. */
const TELLS_FAILURE = /fail|error|expect|assert/i;
/** `# Totals: pass:1 fail:0 …` counts failures and explains none. */
const TELLS_TOTALS = /\bpass:\s*\d+ fail:/;

export interface TapResult {
  /** A version line was there, or, where TAP is required, a plan. */
  readonly seen: boolean;
  /** Leaf results; a nested one is called `parent > child`. A parent is one when it failed though none of its parts did. */
  readonly subtests: readonly Subtest[];
  /** What makes the report less than it promised. A report with problems has not passed. */
  readonly problems: readonly string[];
  readonly bailedOut?: string;
  /** `1..0`: nothing was meant to run, for this reason. */
  readonly skippedBecause?: string;
  /** Every planned result is there. */
  readonly complete: boolean;
}

export interface TapReaderOptions {
  /** TAP must be there: a plan alone begins it (old TAP has no version line), and its absence is a problem. */
  readonly required?: boolean;
}

/**
 * Reads KTAP 1 and TAP 13 and 14 out of a console, line by line, in bounded memory. Lines that are none of it are passed
 * over, and so are the prefixes of the Linux log. A further version line begins a further report.
 */
export class TapReader {
  readonly #isRequired: boolean;
  readonly #budget = new TapBudget();
  /** The open levels, from the report itself to the deepest subtest. */
  #frames: TapFrame[] = [];
  readonly #subtests: Subtest[] = [];
  readonly #problems: string[] = [];
  #seen = false;
  #areEarlierComplete = true;
  #bailedOut: string | undefined;
  #skippedBecause: string | undefined;
  /** `# Subtest: name` at its parent's column names the level that opens next. */
  #announced: string | undefined;
  #why = '';
  #yamlWidth: number | undefined;

  constructor({ required = false }: TapReaderOptions = {}) {
    this.#isRequired = required;
  }

  accept(line: Line | string): void {
    const readings = readTapLine(typeof line === 'string' ? line : line.text);
    const reading = readings.find((candidate) => this.#isBelievable(candidate));
    if (reading && !this.#isYaml(reading)) this.#take(reading);
  }

  /** What has been read so far, as if the stream ended here. */
  result(): TapResult {
    const open = this.#frames.map((frame) => frame.clone());
    const isComplete = open.length === 1 && open[0]?.isComplete === true;
    const { subtests, problems } = closeReport(open);
    const all = [...this.#problems, ...problems];
    if (!this.#seen && this.#isRequired) all.push('no KTAP or TAP: neither a version line nor a plan');
    if (this.#bailedOut !== undefined) all.push(`bailed out: ${this.#bailedOut || 'no reason given'}`);
    const skippedBecause = open[0]?.skipReason ?? this.#skippedBecause;
    const results = [...this.#subtests, ...subtests];
    return {
      seen: this.#seen,
      subtests: results,
      problems: [...all, ...this.#budget.problems],
      ...(this.#bailedOut !== undefined && { bailedOut: this.#bailedOut }),
      ...(skippedBecause !== undefined && results.length === 0 && { skippedBecause }),
      complete: this.#seen && this.#areEarlierComplete && isComplete && this.#bailedOut === undefined,
    };
  }

  /** In kselftest's nested output `# ` is an indent; it is one only where a version or a plan has opened that level. */
  #isBelievable({ indent, line }: IndentedTapLine): boolean {
    if (line.kind === 'other') return false;
    if (!indent.includes('#') || line.kind === 'version') return true;
    const isOpen = this.#frames.some((frame) => frame.width === indent.length);
    return isOpen ? line.kind !== 'comment' : line.kind === 'plan' && this.#frames.length > 0;
  }

  /** A YAML block under a result may contain anything. One that never ends is ended by the next line to its left. */
  #isYaml({ indent, line }: IndentedTapLine): boolean {
    if (this.#yamlWidth !== undefined) {
      if (indent.length >= this.#yamlWidth) {
        if (line.kind === 'yaml-end' && indent.length === this.#yamlWidth) this.#yamlWidth = undefined;
        return true;
      }
      if (line.kind === 'comment' || line.kind === 'yaml-end') return true;
      this.#yamlWidth = undefined;
    }
    const top = this.#frames.at(-1);
    if (line.kind === 'yaml-start' && top?.hasResults && indent.length > top.width) this.#yamlWidth = indent.length;
    return line.kind === 'yaml-start' || line.kind === 'yaml-end';
  }

  #take({ indent, line }: IndentedTapLine): void {
    const width = indent.length;
    if (line.kind === 'version') this.#takeVersion(width, line.isKtap);
    if (this.#bailedOut !== undefined) return;
    if (this.#frames.length === 0) {
      if (line.kind !== 'plan' || !this.#isRequired || this.#seen) return;
      this.#open(width, false);
    }
    switch (line.kind) {
      case 'plan':
        this.#leaveUnfinished(width);
        this.#level(width).takePlan(line.count, line.reason);
        break;
      case 'result':
        this.#takeResult(width, line);
        break;
      case 'bail-out':
        this.#takeBailOut(indent, line.reason);
        break;
      case 'subtest':
        this.#takeAnnouncement(width, line.name);
        break;
      case 'comment':
        if (TELLS_FAILURE.test(line.text) && !TELLS_TOTALS.test(line.text))
          this.#why = line.text.slice(0, MAX_REASON_LENGTH);
        break;
      case 'version':
      case 'yaml-start':
      case 'yaml-end':
      case 'other':
        break;
      default:
        line satisfies never;
    }
  }

  #takeVersion(width: number, isKtap: boolean): void {
    const root = this.#frames[0];
    if (root && width > root.width) {
      this.#leaveUnfinished(width - 1);
      this.#open(width, isKtap);
      return;
    }
    if (root && !root.isEmpty) this.#endReport();
    this.#frames = [];
    this.#open(width, isKtap);
  }

  #takeResult(width: number, point: TapTestPoint): void {
    // The numbers are optional in TAP, but `ok` is also a word that kernels say. A failure is believed without one.
    const isKtap = this.#frames.at(-1)?.isKtap;
    if (point.number === undefined && point.ok && (isKtap || !point.isUnmistakable)) return;
    const child = this.#leave(width);
    this.#level(width).takeResult(point, child, this.#why);
    this.#why = '';
  }

  /** A kselftest program that bails out ends itself, not the report that it is a part of. */
  #takeBailOut(indent: string, reason: string): void {
    const level = this.#frames.at(-1);
    if (indent.includes('#') && this.#frames.length > 1) {
      level?.takeProblem(`bailed out: ${reason || 'no reason given'}`);
      this.#why = reason;
    } else this.#bailedOut = reason;
  }

  #takeAnnouncement(width: number, name: string): void {
    this.#leaveUnfinished(width);
    const level = this.#frames.at(-1);
    if (level && width > level.width) {
      const outer = this.#takeAnnounced();
      this.#open(width, level.isKtap, outer ?? name);
      if (outer !== undefined) this.#announced = name;
    } else if (level && this.#frames.length > 1 && level.announced === undefined && !level.hasResults) {
      level.announced = name;
    } else this.#announced = name;
  }

  /** The open level of this column; it is opened if it is deeper than the others. */
  #level(width: number): TapFrame {
    const top = this.#frames.at(-1);
    return top && width <= top.width ? top : this.#open(width, top?.isKtap ?? false);
  }

  #open(width: number, isKtap: boolean, announced = this.#takeAnnounced()): TapFrame {
    const top = this.#frames.at(-1);
    if (top && this.#frames.length >= MAX_DEPTH) return top;
    const frame = new TapFrame(this.#budget, width, isKtap, announced);
    this.#frames.push(frame);
    this.#seen = true;
    return frame;
  }

  #takeAnnounced(): string | undefined {
    const announced = this.#announced;
    this.#announced = undefined;
    return announced;
  }

  /** Closes the levels right of this column. @returns the one that the next result at this column is about. */
  #leave(width: number): TapFrame | undefined {
    let child: TapFrame | undefined;
    while (this.#frames.length > 1 && (this.#frames.at(-1)?.width ?? 0) > width) {
      const frame = this.#frames.pop();
      if (child) frame?.takeUnfinished(child);
      child = frame;
    }
    return child;
  }

  #leaveUnfinished(width: number): void {
    const child = this.#leave(width);
    if (child) this.#frames.at(-1)?.takeUnfinished(child);
  }

  #endReport(): void {
    const [root] = this.#frames;
    this.#areEarlierComplete &&= this.#frames.length === 1 && root?.isComplete === true;
    this.#skippedBecause ??= root?.skipReason;
    const { subtests, problems } = closeReport(this.#frames);
    this.#subtests.push(...subtests);
    this.#problems.push(...problems);
  }
}

/** Closes every level into the one above it, without the results that never came. */
function closeReport(frames: readonly TapFrame[]): TapContents {
  const [root] = frames;
  if (root === undefined) return { subtests: [], problems: [] };
  for (let at = frames.length - 1; at > 0; at--) frames[at - 1]?.takeUnfinished(frames[at] as TapFrame);
  return { subtests: root.contents.subtests, problems: [...root.contents.problems, ...root.planProblems()] };
}
