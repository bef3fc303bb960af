import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { DeclarationError } from '../errors.ts';
import { visibleLine } from '../lines/visible.ts';
import { relocateEvidence } from './merge/evidence-paths.ts';
import type { MergeSource } from './merge/merge.ts';
import { parseResults, type RunResults } from './results.ts';

const FILE = 'results.json';
const MOST_NAMED = 5;
const DEEPEST = 4;

/** Results as a command line names them. */
export interface ReadResults extends MergeSource {
  readonly folder: string;
}

/**
 * Reads the results in a folder of reports, or in a file.
 * @throws DeclarationError naming what is not there, or the place in it that is not as it should be.
 */
export function readResults(name: string): ReadResults {
  const stat = statSync(name, { throwIfNoEntry: false });
  if (!stat) throw new DeclarationError(`${name} does not exist: expected ${FILE}, or the folder of a run's reports`);
  const file = stat.isDirectory() ? path.join(name, FILE) : name;
  if (!existsSync(file)) throw new DeclarationError(noResults(name));
  return { name, folder: path.dirname(file), results: parseResults(read(file), file) };
}

/**
 * The results with evidence paths relative to another folder. What has been deleted is left out.
 * @returns also what to say of that.
 */
export function withEvidenceFrom(
  { results, folder, name }: ReadResults,
  reports: string,
): { readonly results: RunResults; readonly notices: readonly string[] } {
  const { results: relocated, gone } = relocateEvidence(results, (evidence) => {
    const place = path.join(folder, evidence);
    return existsSync(place) ? path.relative(reports, place).split(path.sep).join('/') : undefined;
  });
  if (gone.length === 0) return { results: relocated, notices: [] };
  const which = gone.length === 1 ? gone[0] : `${gone[0]} and ${gone.length - 1} more`;
  return { results: relocated, notices: [visibleLine(`Evidence is not there any more in ${name}: ${which}.`, 1_000)] };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new DeclarationError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function noResults(folder: string): string {
  const within = findResults(folder, DEEPEST);
  const hint =
    within.length > 0
      ? `; there are results in ${within.slice(0, MOST_NAMED).join(', ')}${within.length > MOST_NAMED ? ', …' : ''}`
      : '';
  return `${folder} has no ${FILE}: expected the folder of a run's reports${hint}`;
}

/** The folders below that have results, not too deep. */
function findResults(folder: string, deepest: number): string[] {
  const names = deepest === 0 ? [] : readdirSync(folder, { withFileTypes: true });
  return names
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name))
    .sort()
    .flatMap((inner) => (existsSync(path.join(inner, FILE)) ? [inner] : findResults(inner, deepest - 1)));
}
