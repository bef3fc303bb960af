import { mergeResults } from '../report/merge/merge.ts';
import { type ReadResults, readResults, withEvidenceFrom } from '../report/read.ts';
import type { RunResults } from '../report/results.ts';

/**
 * The results that a command line names, those of several jobs joined; evidence as one would type it from here. What is not
 * there any more is said.
 * @throws DeclarationError naming what cannot be read.
 */
export function joinedResults(names: readonly string[]): RunResults {
  const sources = names
    .map(readResults)
    .map((read: ReadResults) => ({ name: read.name, ...withEvidenceFrom(read, '') }));
  for (const { notices } of sources) for (const notice of notices) console.error(`twinboot: ${notice}`);
  const [only] = sources;
  return only && sources.length === 1 ? only.results : mergeResults(sources, { expect: [], strict: false });
}
