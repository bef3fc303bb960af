import type { ZooEntry, ZooTruth } from '../../fixtures/calamity/zoo.ts';
import { padEnd, padStart } from '../report/layout.ts';
import type { Millis } from '../units.ts';
import { crashTitle } from '../verdict/crash-title.ts';
import { describeVerdict } from '../verdict/describe.ts';
import type { Verdict } from '../verdict/verdict.ts';

/** What is true of a machine, and what was said of it. */
export interface Sighting {
  readonly entry: Pick<ZooEntry, 'word' | 'at' | 'calledBy'>;
  readonly truth: ZooTruth;
  readonly verdict: Verdict;
  readonly notes: readonly string[];
  /** From the last sign of life until the verdict stood, function and all. `undefined` for a machine that was not looked at. */
  readonly silenceMs: Millis | undefined;
}

/** Each verdict that is not true, in words. */
export function wrongIn(sightings: readonly Sighting[]): string[] {
  return sightings
    .filter(({ truth, verdict }) => !isTrue(truth, verdict))
    .map(
      ({ entry, truth, verdict, notes }) =>
        `${entry.word} is ${labelOf(truth)}, told as ${[describeVerdict(verdict), ...notes].join('; ')}`,
    );
}

function isTrue(truth: ZooTruth, verdict: Verdict): boolean {
  if (truth.kind === 'flaky') return verdict.kind === 'pass' || verdict.kind === 'fail';
  if (labelOf(truth) !== labelOf(verdict)) return false;
  return (
    truth.kind !== 'crash' ||
    verdict.kind !== 'crash' ||
    truth.title === undefined ||
    crashTitle(truth.title) === verdict.title
  );
}

/** The hangs, told as such, that the vCPUs alone prove, or a loop that no interrupt reaches: no time has to pass for these. */
export function certainHangs(sightings: readonly Sighting[]): readonly Sighting[] {
  return sightings.filter(
    ({ truth, verdict }) =>
      verdict.kind === 'hang' && truth.kind === 'hang' && (truth.certain === true || truth.how === 'spinning-irqs-off'),
  );
}

/** Each crash and hang in which the function at fault was not named, or not those that called it. */
export function unnamedIn(sightings: readonly Sighting[]): string[] {
  return sightings.flatMap(({ entry: { word, at, calledBy = [] }, verdict }) => {
    if (at === undefined || (verdict.kind !== 'crash' && verdict.kind !== 'hang')) return [];
    const names = (verdict.frames ?? []).flatMap(({ function: name }) => name ?? []);
    // An instruction's wrapper may have been inlined into it.
    const fault = names.slice(0, 2).indexOf(at);
    if (fault >= 0 && inOrder(names.slice(fault + 1), calledBy)) return [];
    return [`${word} is at ${[at, ...calledBy].join(' ← ')}, told as ${names.join(' ← ') || 'nowhere'}`];
  });
}

/** Whether all that is wanted comes in that order, others between. */
function inOrder(names: readonly string[], wanted: readonly string[]): boolean {
  let next = 0;
  for (const name of names) if (name === wanted[next]) next++;
  return next === wanted.length;
}

/** How often each kind was told as which: what is true stands in the rows, what was said in the columns. */
export function confusionMatrix(title: string, sightings: readonly Sighting[]): string {
  const truths = [...new Set(sightings.map(({ truth }) => labelOf(truth)))].sort();
  const told = [...new Set(sightings.map(({ verdict }) => labelOf(verdict)))].sort();
  const counts = truths.map((truth) =>
    told.map(
      (said) => sightings.filter((seen) => labelOf(seen.truth) === truth && labelOf(seen.verdict) === said).length,
    ),
  );
  const widest = Math.max(...truths.map(({ length }) => length));
  const head = [padEnd('', widest), ...told].join('  ');
  const rows = truths.map((truth, row) =>
    [
      padEnd(truth, widest),
      ...told.map((said, column) => padStart(counts[row]?.[column] ? String(counts[row]?.[column]) : '·', said.length)),
    ].join('  '),
  );
  return [title, head, ...rows].join('\n');
}

function labelOf(said: ZooTruth | Verdict): string {
  switch (said.kind) {
    case 'hang':
      return `hang: ${said.how}`;
    case 'crash':
      return `crash: ${said.cause}`;
    default:
      return said.kind;
  }
}
