import type { BaselineOutcome } from './baseline-file.ts';

/** The comparison for a machine to read. */
export function comparisonJson({ file, comparison, update, exitCode }: BaselineOutcome): unknown {
  const { changes, same, notAsked, progress, reservations } = comparison;
  return {
    schema: 'twinboot-comparison/1',
    baseline: file,
    exitCode,
    update: update.kind,
    same,
    notAsked: Object.fromEntries(notAsked),
    progress,
    reservations,
    changes: changes.map(({ change, environment, suite, case: name, was, result }) => ({
      change,
      environment,
      suite,
      case: name,
      was: was ?? null,
      verdict: result?.verdict ?? null,
      evidence: result?.evidence ?? null,
    })),
  };
}
