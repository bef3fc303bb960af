import { afterAll, describe, test } from 'vitest';
import type { SuiteDeclaration } from '../suite/declaration.ts';
import { suiteSchema } from '../suite/schema.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import { conclude } from './conclude.ts';
import { reportedMeta } from './context.ts';
import { declare } from './declare.ts';

/**
 * Declares a suite: each of its cases becomes a vitest test in every environment, so that `-t`, watch mode, sharding and
 * reporters work as they do for any test.
 * @throws DeclarationError when the file is loaded, naming each field that cannot be meant.
 */
export function defineSuite(name: string, suite: SuiteDeclaration): void {
  const file = declare(`suite ${JSON.stringify(name)}`, suiteSchema, suite, defineSuite);
  describe(name, () => {
    const run = new SuiteRun(file.context.environment, suite, file.context.root);
    let executed = 0;
    for (const [title, declaredCase] of Object.entries(suite.cases)) {
      test(title, async (context) => {
        const started = { suite: name, case: title, about: declaredCase.about };
        const outcome = await conclude(file, started, context, (keepEvidence) => run.run(declaredCase, keepEvidence));
        if (outcome.verdict.kind !== 'skip' && outcome.verdict.kind !== 'missing') executed++;
        if (suite.atLeast !== undefined && !file.filtered && context.task.suite) {
          const floor = { suite: name, environment: file.context.environment.id, atLeast: suite.atLeast, executed };
          reportedMeta(context.task.suite.meta).twinbootFloor = floor;
        }
        outcome.settle();
      });
    }
    afterAll(() => run[Symbol.asyncDispose]());
  });
}
