import { visibleLine } from '../../lines/visible.ts';
import type { Change, Comparison } from '../baseline/comparison.ts';
import { changeTitles } from '../baseline/comparison-words.ts';
import { Groups } from '../groups.ts';
import { counted } from '../layout.ts';
import { describePart, standing } from '../merge/parts.ts';
import type { RunFacts, RunResults } from '../results.ts';
import { describeIncomplete } from '../run-words.ts';
import type { Annotation } from './annotations.ts';

const MOST_NAMED = 10;

/** What is wrong with a run whatever its verdicts are: parts of it are missing, cases are gone, floors do not hold. */
export function runAnnotations({ run, results, floors }: RunResults, comparison: Comparison | undefined): Annotation[] {
  const missed = floors.filter(({ executed, atLeast }) => executed < atLeast);
  return [
    ...(run.faults ?? []).map((fault) => aboutTheRun('The run is not whole', [fault])),
    ...whatIsCut(run),
    ...goneByEnvironment(comparison).map(({ environment, changes }) =>
      aboutTheRun(`${changeTitles.gone} on ${environment}`, [namesOf(changes)]),
    ),
    ...missed.map(({ suite, environment, executed, atLeast }): Annotation => {
      const file = results.find((result) => result.suite === suite && result.environment === environment)?.file;
      return {
        ...aboutTheRun(`Too few cases of ${suite} on ${environment}`, [
          `${counted(executed, 'case')} executed, at least ${atLeast} declared`,
        ]),
        place: file === undefined ? undefined : { file: visibleLine(file, 1_000), line: undefined },
      };
    }),
  ];
}

/** Of a merged run that nobody cut short, its faults say what is missing. */
function whatIsCut(run: RunFacts): Annotation[] {
  const { what, so } = describeIncomplete(run);
  const cut = standing(run.parts ?? []).filter(({ complete }) => !complete);
  if (run.complete || (run.parts && cut.length === 0 && run.faults)) return [];
  const parts = cut.map((part) => `Cut short: ${describePart(part)}.`);
  return [aboutTheRun('The run is not complete', [`${what}: ${so}.`, ...parts])];
}

function goneByEnvironment(comparison: Comparison | undefined) {
  const groups = new Groups<{ readonly environment: string; readonly changes: Change[] }>();
  for (const change of comparison?.changes ?? []) {
    if (change.change !== 'gone') continue;
    const { environment } = change;
    groups.at([environment], () => ({ environment, changes: [] })).changes.push(change);
  }
  return groups.values;
}

function namesOf(changes: readonly Change[]): string {
  const names = changes.slice(0, MOST_NAMED).map(({ suite, case: name }) => `${suite} > ${name}`);
  const more = changes.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

function aboutTheRun(title: string, message: readonly string[]): Annotation {
  const lines = message.map((line) => visibleLine(line, 2_000));
  return {
    level: 'error',
    place: undefined,
    title: visibleLine(title),
    message: lines,
    cause: title,
    identity: JSON.stringify([title, lines[0]]),
  };
}
