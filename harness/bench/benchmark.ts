import type { Entry } from './entry.ts';

/** What is measured together, because it is compared. */
export interface Benchmark {
  /** The names of its entries. */
  readonly names: readonly string[];
  /**
   * @throws EnvironmentError when this host cannot measure it.
   */
  run(request: BenchRequest): Promise<Entry[]>;
}

export interface BenchRequest {
  /** How often each thing is measured; `undefined`: as often as the benchmark thinks right. */
  readonly rounds: number | undefined;
  /** Whether an entry was asked for. A benchmark may leave out what costs minutes and nobody wants. */
  wants(name: string): boolean;
  /** Says something for people that a table of numbers does not hold. */
  tell(text: string): void;
}
