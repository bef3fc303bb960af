import { refuse } from './check.ts';
import type { BootStagesDeclaration, SuiteDeclaration } from './declaration.ts';
import type { Environment } from './environment.ts';
import { wrongInterruptWords } from './interrupt-words.ts';
import { whySkipped } from './plan.ts';

/**
 * Checks the classes and vectors that the assertions of a suite or a boot name, for what is run of it in an environment.
 * @param what Names the declaration in messages: `suite "signals"`.
 * @throws DeclarationError naming each that is not known there.
 */
export function checkInterrupts(
  what: string,
  {
    cases = {},
    stages = [],
    interrupts,
    needs,
  }: Partial<Pick<SuiteDeclaration, 'cases' | 'interrupts' | 'needs'>> & Partial<Pick<BootStagesDeclaration, 'stages'>>,
  environment: Environment,
): void {
  const run = Object.entries(cases).filter(([, each]) => whySkipped(environment, needs, each) === undefined);
  const reached = whySkipped(environment, needs) === undefined ? stages : [];
  const mistakes = [
    ...(run.length > 0 ? wrongInterruptWords(['interrupts'], interrupts, environment) : []),
    ...run.flatMap(([name, each]) => wrongInterruptWords(['cases', name, 'interrupts'], each.interrupts, environment)),
    ...reached.flatMap((stage, index) =>
      wrongInterruptWords(['stages', index, 'interrupts'], stage.interrupts, environment),
    ),
  ];
  if (mistakes.length > 0) refuse(what, mistakes);
}
