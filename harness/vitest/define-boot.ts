import { afterAll, describe, test } from 'vitest';
import { BootRun } from '../suite/boot-run.ts';
import type { BootStagesDeclaration } from '../suite/declaration.ts';
import { bootStagesSchema } from '../suite/schema.ts';
import { retriedWithin } from './attempts.ts';
import { conclude } from './conclude.ts';
import { declare } from './declare.ts';
import { watchedCase } from './live-teller.ts';
import { takeMachineToken } from './machine-token.ts';

/**
 * Declares the stages of a boot: one machine is booted in every environment, and each stage becomes a vitest test that
 * passes when its marker is printed in time. Stages are looked for all the while, in whatever order they come. No stage is
 * retried: the boot that it is part of has happened.
 * @throws DeclarationError when the file is loaded, naming each field that cannot be meant.
 */
export function defineBoot(name: string, boot: BootStagesDeclaration): void {
  const file = declare(`boot ${JSON.stringify(name)}`, bootStagesSchema, boot, defineBoot);
  const { environment } = file.context;
  describe(name, () => {
    const run = new BootRun(environment, boot, file.context.root);
    let token: Promise<Disposable> | undefined;
    for (const stage of boot.stages) {
      test(stage.name, retriedWithin(0), async (context) => {
        if (run.needsMachine) token ??= takeMachineToken(file.budget);
        await token;
        using watched = watchedCase(file.live, { environment: environment.id, suite: name, case: stage.name });
        const started = { suite: name, case: stage.name, about: undefined };
        const conclusion = await conclude(file, started, context, (keepEvidence) =>
          run.reach(stage, keepEvidence, watched.tell),
        );
        conclusion.settle();
      });
    }
    afterAll(async () => {
      using _token = await token;
      await run[Symbol.asyncDispose]();
    });
  });
}
