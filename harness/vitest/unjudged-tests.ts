import type { TestCase } from 'vitest/node';
import { visibleLine } from '../lines/visible.ts';
import { reportedMeta } from './context.ts';

const MOST_NAMED = 5;

/** Tests that were skipped and that no declaration skips: `test.skipIf(…)`, or one that found a tool missing. */
export class UnjudgedTests {
  readonly #names: string[] = [];

  add(test: TestCase): void {
    const { twinboot, twinbootSkippedItself } = reportedMeta(test.meta());
    if (test.result().state !== 'skipped' || (twinboot && !twinbootSkippedItself)) return;
    const note = twinboot?.result.verdict.kind === 'skip' ? ` (${twinboot.result.verdict.because})` : '';
    this.#names.push(`${test.module.relativeModuleId} > ${test.fullName} on ${test.project.name}${note}`);
  }

  /** One, or none. */
  get faults(): string[] {
    if (this.#names.length === 0) return [];
    const names = this.#names.toSorted();
    const more = names.length - MOST_NAMED;
    const listed = names.slice(0, MOST_NAMED).map((name) => visibleLine(name));
    const told = `${listed.join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
    return [`Skipped, and no declaration says so: ${told} (--no-strict lets that pass).`];
  }
}
