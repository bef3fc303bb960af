import { DeclarationError } from '../../errors.ts';
import { expected } from '../../expected.ts';
import type { RunResults } from '../results.ts';
import { type Baseline, keyOf, resultsByKey } from './baseline.ts';
import { coversWhole } from './coverage.ts';

/** An environment that there is, as far as a baseline may name it. */
export interface KnownEnvironment {
  readonly id: string;
  readonly arch: string;
  readonly target: string;
}

/**
 * Finds slips of the pen that no grammar does: a case of an environment that nobody declares would be compared with
 * nothing, for ever, and a goal for one would never be reached.
 * @param declared All environments of the project, also those that a run leaves out.
 * @throws DeclarationError naming the file and the line.
 */
export function checkPlaces(
  { entries, goals }: Baseline,
  fileName: string,
  declared: readonly KnownEnvironment[],
): void {
  const ids = declared.map(({ id }) => id);
  for (const { place, line } of goals) {
    const words = [...new Set(declared.flatMap(({ id, arch, target }) => [arch, target, id]))];
    if (!words.includes(place)) throw new DeclarationError(`${fileName}:${line}: ${expected('goal', words, place)}`);
  }
  for (const { environment, line } of entries.values()) {
    // A profile that only a command line asks for is not declared.
    if (ids.some((id) => environment === id || environment.startsWith(`${id}/`))) continue;
    const place = line === undefined ? fileName : `${fileName}:${line}`;
    throw new DeclarationError(`${place}: ${expected('environment', ids, environment)}`);
  }
}

/**
 * @param resultsName Names the results in the message.
 * @throws DeclarationError when the baseline is one of other suites: that none of its cases is there any more is no finding.
 */
export function checkSameSuites(baseline: Baseline, fileName: string, results: RunResults, resultsName: string): void {
  checkPlaces(baseline, fileName, declaredBy(results));
  const named = resultsByKey(results.results);
  const asked = [...baseline.entries.values()].filter(({ environment }) => coversWhole(results, environment));
  if (asked.length === 0 || named.size === 0 || asked.some((entry) => named.has(keyOf(entry)))) return;
  throw new DeclarationError(
    `${fileName} and ${resultsName} have no case in common (${asked.length} and ${named.size} cases): they are of different suites`,
  );
}

function declaredBy({ run, environments }: RunResults): KnownEnvironment[] {
  const ids = new Set([...(run.scope?.declared ?? []), ...environments.map(({ id }) => id)]);
  return [...ids].map((id) => {
    const [target = '', arch = ''] = id.split('/');
    return { id, target, arch };
  });
}
