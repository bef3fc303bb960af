import type { RunFacts, Shard } from './results.ts';

/** What a reader of a shard's own report is told. */
export function describeShard({ index, count }: Shard): string {
  return `This is shard ${index}/${count}: the other suite files are in the others, and \`twinboot report merge\` joins them.`;
}

/** What became of a run that is not complete, and what that means. */
export function describeIncomplete({ parts }: RunFacts): { readonly what: string; readonly so: string } {
  return parts
    ? { what: 'Parts of the run are missing or were cut short', so: 'what they did not reach has no result' }
    : { what: 'The run was cut short', so: 'cases that it did not reach have no result' };
}
