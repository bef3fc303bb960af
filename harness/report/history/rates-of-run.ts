/** The pass rates of one run. */
export interface RatesOfRun {
  /** When it began (ISO 8601). */
  readonly time: string;
  /** Of the environments in which it executed any case: how many of these `cases` passed. */
  readonly rates: readonly { readonly environment: string; readonly passed: number; readonly cases: number }[];
}
