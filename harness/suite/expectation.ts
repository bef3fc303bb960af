import { judgeAgainst } from '../verdict/expected-failure.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { ExpectFailureDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { holdsIn, listPlaces } from './places.ts';

/** The verdict in view of what the case or stage declares of itself in this environment. */
export function inViewOf(
  declared: ExpectFailureDeclaration | undefined,
  environment: Environment,
  verdict: Verdict,
): Verdict {
  if (!declared || !holdsIn(declared.on, environment)) return verdict;
  const { on, ...reason } = declared;
  return judgeAgainst({ ...reason, ...(on === undefined ? {} : { on: listPlaces(on) }) }, verdict);
}
