const MAX_SUBTESTS = 10_000;
const MAX_PROBLEMS = 100;

/** Bounds what one stream may make a reader keep. What is refused is counted, and the count is a problem itself. */
export class TapBudget {
  #subtests = 0;
  #problems = 0;

  /** Whether there is room for one more subtest. */
  admitSubtest(): boolean {
    return ++this.#subtests <= MAX_SUBTESTS;
  }

  /** Whether there is room for one more problem. */
  admitProblem(): boolean {
    return ++this.#problems <= MAX_PROBLEMS;
  }

  get problems(): string[] {
    const subtests = Math.max(0, this.#subtests - MAX_SUBTESTS);
    const problems = Math.max(0, this.#problems - MAX_PROBLEMS);
    return [
      ...(subtests > 0 ? [`${subtests} subtests past the first ${MAX_SUBTESTS} were not kept`] : []),
      ...(problems > 0 ? [`and ${problems} more problems`] : []),
    ];
  }
}
