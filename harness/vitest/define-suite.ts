import pLimit from 'p-limit';
import { afterAll, describe, test } from 'vitest';
import type { SuiteDeclaration } from '../suite/declaration.ts';
import { whySkipped } from '../suite/plan.ts';
import { suiteSchema } from '../suite/schema.ts';
import { SuiteRun } from '../suite/suite-run.ts';
import { retriedWithin } from './attempts.ts';
import { conclude } from './conclude.ts';
import { reportedMeta } from './context.ts';
import { declare } from './declare.ts';
import { watchedCase } from './live-teller.ts';
import { takeMachineToken } from './machine-token.ts';
import { tellNotice } from './notices.ts';

/**
 * Declares a suite: each of its cases becomes a vitest test in every environment, so that `-t`, watch mode, sharding and
 * reporters work as they do for any test.
 * @throws DeclarationError when the file is loaded, naming each field that cannot be meant.
 */
export function defineSuite(name: string, suite: SuiteDeclaration): void {
  const file = declare(`suite ${JSON.stringify(name)}`, suiteSchema, suite, defineSuite);
  const { environment, root } = file.context;
  // A filter that chose among the cases, or a target that has no use for any, is no shortfall.
  const floor = file.filtered || whySkipped(environment, suite.needs) ? undefined : suite.atLeast;
  describe(name, () => {
    const run = new SuiteRun(environment, suite, root);
    // A file with a thousand cases does not queue for a thousand machines.
    const atOnce = pLimit(file.budget.machines);
    let executed = 0;
    for (const [title, declaredCase] of Object.entries(suite.cases)) {
      const declareTest = declaredCase.boot || suite.isolation !== 'shared' ? test.concurrent : test;
      const retries = declaredCase.retry ?? suite.retry ?? file.retries;
      declareTest(title, retriedWithin(retries), async (context) => {
        const started = { suite: name, case: title, about: declaredCase.about };
        const outcome = await atOnce(async () => {
          using _token = run.needsMachine(declaredCase) ? await takeMachineToken(file.budget) : undefined;
          using watched = watchedCase(file.live, { environment: environment.id, suite: name, case: title });
          return await conclude(
            file,
            started,
            context,
            (keepEvidence) =>
              run.run(declaredCase, keepEvidence, (notice) => tellNotice(context.task, notice), watched.tell),
            retries,
          );
        });
        if (outcome.verdict.kind !== 'skip' && outcome.verdict.kind !== 'missing') executed++;
        if (floor !== undefined && context.task.suite) {
          reportedMeta(context.task.suite.meta).twinbootFloor = {
            suite: name,
            environment: environment.id,
            atLeast: floor,
            executed,
          };
        }
        outcome.settle();
      });
    }
    afterAll(() => run[Symbol.asyncDispose]());
  });
}
