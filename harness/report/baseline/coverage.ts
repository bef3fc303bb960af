import type { RunResults } from '../results.ts';

/** Whether a run was to judge every case of an environment, and did: a case of it that has no result is gone. */
export function coversWhole({ run, environments }: RunResults, environment: string): boolean {
  const asked = run.scope?.asked ?? environments.map(({ id }) => id);
  return run.complete && run.filter === undefined && run.scope?.shard === undefined && asked.includes(environment);
}
