import { reportedMeta } from './context.ts';

/**
 * Tells, from a worker, what a reader should know of the whole run: `linux/x86_64: machines cannot be cloned here …`. It is
 * shown once, however many tests tell it, as soon as the task ends, and again in the reports.
 * @param task The test, suite or file in which it was noticed.
 */
export function tellNotice(task: { readonly meta: object }, text: string): void {
  const meta = reportedMeta(task.meta);
  meta.twinbootNotices = [...new Set([...(meta.twinbootNotices ?? []), text])];
}

/** What workers have told of a run, each text once, in the order in which they came. */
export class Notices {
  readonly #texts = new Set<string>();

  get texts(): readonly string[] {
    return [...this.#texts];
  }

  /** @returns what the task tells that none has told before. */
  add(task: { meta(): object }): readonly string[] {
    const news = (reportedMeta(task.meta()).twinbootNotices ?? []).filter((text) => !this.#texts.has(text));
    for (const text of news) this.#texts.add(text);
    return news;
  }
}
