import type { Verdict } from '../verdict/verdict.ts';
import type { RunResults } from './results.ts';

/** 0: nothing speaks against the kernel. 1: something does. 69 (EX_UNAVAILABLE): the infrastructure failed, which says nothing about the kernel. */
export type ExitCode = 0 | 1 | 69;

/** The exit code of a whole run. An error outweighs a failure: a run that could not be made in full is no judgement. */
export function exitCodeFor({ run, results, floors }: RunResults): ExitCode {
  const codes = new Set(results.map(({ verdict }) => exitCodeOfVerdict(verdict)));
  if (codes.has(69)) return 69;
  return codes.has(1) || !isWhole({ run, floors }) ? 1 : 0;
}

/** Whether the run did all that it was to do: only then do its verdicts tell the whole. */
function isWhole({ run, floors }: Pick<RunResults, 'run' | 'floors'>): boolean {
  const floorMissed = floors.some(({ atLeast, executed }) => executed < atLeast);
  return run.complete && !floorMissed && (run.faults ?? []).length === 0;
}

/** The exit code of a run that has but this verdict. */
export function exitCodeOfVerdict(verdict: Verdict): ExitCode {
  switch (verdict.kind) {
    case 'pass':
    case 'skip':
    case 'expected-failure':
      return 0;
    case 'fail':
    case 'crash':
    case 'hang':
    case 'timeout':
    case 'missing':
    case 'unexpected-pass':
      return 1;
    case 'error':
      return 69;
    default:
      return verdict satisfies never;
  }
}
