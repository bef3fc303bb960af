import type { Finding } from '../evidence/verdict-text.ts';
import { visibleLine } from '../lines/visible.ts';
import { causeOf } from '../verdict/cause.ts';

/** The first case that each cause of an error befell, by the file, the environment and the cause. */
const firstCases = new Map<string, string>();

/**
 * What vitest lists for a case. A kernel that was not built fails every case of a file in the same words: the first
 * tells them, the others refer to it. Results and evidence have the whole of each.
 * @param whole What is told of the first.
 */
export function listedText({ suite, case: title, environment, verdict }: Finding, file: string, whole: string): string {
  if (verdict.kind !== 'error') return whole;
  const name = `${suite} > ${title}`;
  const key = JSON.stringify([file, environment, causeOf(verdict)]);
  const first = firstCases.get(key) ?? name;
  firstCases.set(key, first);
  if (first === name) return whole; // Told for the first time, or again because the case is tried again.
  return `error: as in ${first}: ${visibleLine(verdict.reason.split('\n', 1)[0] ?? '')}`;
}
