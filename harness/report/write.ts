import { closeSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import { attachmentsIn } from './attachments.ts';
import type { BaselineOutcome } from './baseline/baseline-file.ts';
import { junitPieces } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import { buildModel, type ParityModel } from './model.ts';
import type { RunResults } from './results.ts';

/** Where the reports are. */
export interface ReportPaths {
  readonly results: string;
  readonly parity: string;
  readonly junit: string;
}

/** What the page is rendered from besides the results. */
export interface RenderedFrom {
  /** Theirs, where somebody has it already. */
  readonly model?: ParityModel;
  /** What came of a comparison. */
  readonly baseline?: BaselineOutcome | undefined;
}

/**
 * Writes results.json alone: all else can be rendered from it later.
 * @throws EnvironmentError when the folder cannot be written to.
 */
export function writeResults(dir: string, results: RunResults): void {
  writeAll(dir, [['results.json', `${JSON.stringify(results, null, 2)}\n`]]);
}

/**
 * Writes results.json, then what is rendered from it. A reader sees each file as it was or as it is, never half of it.
 * Synchronous, so that a process that is about to end has written what it was asked to, and two calls cannot overtake each other.
 * @throws EnvironmentError when the folder cannot be written to.
 */
export function writeReports(
  dir: string,
  results: RunResults,
  { model = buildModel(results), baseline }: RenderedFrom = {},
): ReportPaths {
  writeResults(dir, results);
  writeAll(dir, [
    ['parity.md', renderMarkdown(model, baseline)],
    ['junit.xml', junitPieces(results, attachmentsIn(dir))],
  ]);
  return { results: join(dir, 'results.json'), parity: join(dir, 'parity.md'), junit: join(dir, 'junit.xml') };
}

function writeAll(dir: string, files: readonly (readonly [name: string, content: Content])[]): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (const [name, content] of files) writeWhole(join(dir, name), content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError(`The reports cannot be written to ${dir}: ${why}`, { cause });
  }
}

/** A text, or the pieces that it comes in. */
type Content = string | Generator<string>;

/** Writes a file that a reader sees as it was or as it is, never half of it. */
export function writeWhole(path: string, content: Content): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    const file = openSync(unfinished, 'w');
    try {
      for (const piece of typeof content === 'string' ? [content] : content) writeFileSync(file, piece);
    } finally {
      closeSync(file);
    }
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
