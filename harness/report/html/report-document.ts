import type { VerdictKind } from '../../verdict/verdict.ts';
import type { RatesOfRun } from '../history/rates-of-run.ts';

/** What the page shows. All words are made visible already, but for the evidence: that is shown as the guest left it. */
export interface ReportDocument {
  readonly title: string;
  /** When, where and with what it was found. */
  readonly about: readonly string[];
  /** Why it may not be the whole truth, and what is to be known of it. */
  readonly remarks: readonly Toned[];
  readonly summary: Toned;
  readonly targets: readonly TargetDocument[];
  readonly evidence: readonly EvidenceDocument[];
  /** Oldest first; none: there is no history. */
  readonly history: readonly RatesOfRun[];
}

export type Tone = 'good' | 'warn' | 'bad';

export interface Toned {
  readonly tone: Tone;
  readonly text: string;
}

/** Every list of scores and cells is parallel to the columns. */
export interface TargetDocument {
  readonly name: string;
  readonly columns: readonly ColumnDocument[];
  readonly suites: readonly SuiteDocument[];
  /** How far the columns agree; absent where there is nothing to compare. */
  readonly agreement?: Toned;
  /** One sentence each. */
  readonly facts: readonly string[];
  /** What holds up cases, the cause of most of them first. */
  readonly causes: readonly CauseDocument[];
}

interface ColumnDocument {
  readonly label: string;
  readonly accelerator: string;
  readonly score: Score;
}

export interface Score {
  /** Absent: no case is due. */
  readonly tone?: Tone;
  readonly passed: number;
  /** Cases that should pass, one day: all but the skipped ones. */
  readonly due: number;
  /** Of the cases executed, in words. */
  readonly rate: string;
}

interface SuiteDocument {
  readonly name: string;
  readonly scores: readonly Score[];
  readonly rows: readonly RowDocument[];
}

export interface CauseDocument {
  readonly cause: string;
  /** The columns where it holds up cases, in their order. */
  readonly on: readonly number[];
  /** Each once, however many columns it fails in. */
  readonly cases: number;
}

export interface RowDocument {
  readonly name: string;
  /** Its suite file, and the line where that is known. */
  readonly declared: string;
  readonly about?: string;
  /** Its verdicts are not of the same kind in all environments. */
  readonly differs?: true;
  readonly cells: readonly (CellDocument | null)[];
}

/** A case in an environment. What is absent there is nothing of. */
export interface CellDocument extends AttemptDocument {
  /** Passed after an attempt that did not. */
  readonly flaky?: true;
  /** Index of the target's cause that holds it up. */
  readonly cause?: number;
  readonly subtests?: readonly { readonly name: string; readonly kind: VerdictKind; readonly text: string }[];
  readonly stages?: readonly { readonly name: string; readonly atMs: number }[];
  readonly codes?: readonly { readonly code: number; readonly range: string; readonly atMs: number }[];
  /** How often each class of interrupts came, in words. */
  readonly interrupts?: string;
  readonly calls?: readonly { readonly function: string; readonly calls: number }[];
  /** Where there was more than one. */
  readonly attempts?: readonly AttemptDocument[];
}

export interface AttemptDocument {
  readonly kind: VerdictKind;
  /** The verdict in words; absent: they would only repeat its kind. */
  readonly text?: string;
  /** In words. */
  readonly took: string;
  readonly notes?: readonly string[];
  /** Index of its evidence. */
  readonly evidence?: number;
}

/** A folder of evidence. */
export interface EvidenceDocument {
  /** As the reader can type it. */
  readonly folder: string;
  /** What starts the machine once more. */
  readonly reproduce?: string;
  /** Those in the block of the same index, one after the other. */
  readonly files: readonly FileDocument[];
  /** What is not there, and why. */
  readonly lacks: readonly string[];
}

export interface FileDocument {
  readonly name: string;
  readonly bytes: number;
}
