import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { EnvironmentError } from '../errors.ts';
import type { BaselineOutcome } from './baseline/baseline-file.ts';
import { renderJunit } from './junit.ts';
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
    ['junit.xml', renderJunit(results, { reports: relative('', dir) })],
  ]);
  return { results: join(dir, 'results.json'), parity: join(dir, 'parity.md'), junit: join(dir, 'junit.xml') };
}

function writeAll(dir: string, files: readonly (readonly [name: string, content: string])[]): void {
  try {
    mkdirSync(dir, { recursive: true });
    for (const [name, content] of files) writeWhole(join(dir, name), content);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new EnvironmentError(`The reports cannot be written to ${dir}: ${why}`, { cause });
  }
}

/** Writes a file that a reader sees as it was or as it is, never half of it. */
export function writeWhole(path: string, content: string): void {
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(unfinished, content);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
}
