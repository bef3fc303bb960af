import { expect, test } from 'vitest';
import { type RunOptions, RunRefused, runSuites } from './run.ts';

test.each<[Partial<RunOptions>, string]>([
  [{ casePattern: '(' }, '-t: expected a regular expression: '],
  [{ updateBaseline: true }, '--update-baseline: which one? Name it with --baseline FILE'],
  [{ watch: true, shard: '1/2' }, '--shard and --watch exclude each other'],
  [{ watch: true, baseline: 'known.txt' }, '--baseline and --watch exclude each other'],
])('a run with %j is refused before anything is loaded', async (options, told) => {
  const refusal = runSuites({ files: [], watch: false, ...options });
  await expect(refusal).rejects.toThrow(RunRefused);
  await expect(refusal).rejects.toThrow(told);
});
