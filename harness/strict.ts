/** Nobody watches a run on a CI system: there, what was not tested must not look well. */
export function isStrictByDefault(variables: NodeJS.ProcessEnv = process.env): boolean {
  return !['', '0', 'false'].includes((variables.CI ?? '').trim().toLowerCase());
}
