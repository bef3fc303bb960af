import { visible } from '../lines/visible.ts';
import { describeExpectation, describePlaces } from '../verdict/expected-failure.ts';
import type { StaleExpectation } from './expectations.ts';
import { listed } from './layout.ts';

/** What is to be done about a declaration that no longer holds: what it says, where it stands, and what to make of it. */
export interface StaleAdvice {
  /** `expectFailure: { because: "no port" }`. */
  readonly declaration: string;
  /** Where the case passes, and where it does not. */
  readonly finding: string;
  /** `delete it from "alarm() fires" in suites/signals.suite.ts`. */
  readonly advice: string;
}

export function adviceOn({ case: name, file, expectation, passes, stillFailsOn }: StaleExpectation): StaleAdvice {
  const place = `${JSON.stringify(visible(name))} in ${visible(file)}`;
  const passesOn = listed(passes.map(({ environment }) => visible(environment)));
  const declaration = describeExpectation(expectation);
  if (stillFailsOn.length === 0)
    return {
      declaration,
      finding: `passes on ${passesOn}, and fails nowhere in this run`,
      advice: `delete it from ${place}`,
    };
  return {
    declaration,
    finding: `passes on ${passesOn}, and still fails on ${listed(stillFailsOn.map((id) => visible(id)))}`,
    advice: `limit it with on: ${describePlaces(stillFailsOn)} at ${place}`,
  };
}
