import { test as base, type TestContext } from 'vitest';
import type { CaseOutcome } from '../suite/case-outcome.ts';
import { bootMachine } from '../suite/imperative.ts';
import { keepFinding, type StartedCase, VerdictError } from './conclude.ts';
import { reportedMeta } from './context.ts';
import { watchedCase } from './live-teller.ts';
import { takeMachineToken } from './machine-token.ts';
import { tellNotice } from './notices.ts';
import { suiteFile } from './suite-file.ts';
import { TestMachine } from './test-machine.ts';

/**
 * vitest's `test` with a `machine` of its own for each test that asks for one: for what a declaration cannot say. Where
 * vitest's `retry` has it tried again, each attempt has a new machine, and all of them are kept.
 * @example
 * test('the prompt comes back', async ({ machine }) => {
 *   await machine.console.send('\n');
 *   await machine.console.expectPrompt('$ ');
 * });
 */
export const test = base.extend<{ machine: TestMachine }>({
  machine: async ({ task }, use) => {
    const { context, path, budget, live } = suiteFile();
    const { environment, root } = context;
    const started: StartedCase = { suite: task.suite?.name || path, case: task.name, about: undefined };
    const report = (outcome: CaseOutcome) => keepFinding({ context, path }, started, task, outcome);
    using _token = await takeMachineToken(budget);
    using watched = watchedCase(live, { environment: environment.id, suite: started.suite, case: started.case });
    watched.tell('starting');
    const booted = await bootMachine(environment, root, (notice) => tellNotice(task, notice), watched.tell);
    if (booted.kind === 'failed') {
      const text = await report(booted.outcome);
      await booted.outcome.machine?.stop();
      throw new VerdictError(text);
    }
    await using _machine = booted.machine;
    const before = task.result?.errors?.length ?? 0; // Those of earlier attempts: vitest keeps them beside this one's.
    watched.tell('running', booted.machine);
    await use(new TestMachine(booted, environment.target.panics ?? []));
    const complaint = task.result?.errors?.[before]?.message;
    const judged = await booted.judge(complaint);
    const skipped = judged.verdict.kind === 'pass' && task.result?.state === 'skip';
    const outcome: CaseOutcome = skipped ? { ...judged, verdict: { kind: 'skip', because: noteOf(task) } } : judged;
    if (outcome.verdict.kind !== 'pass' && !skipped) watched.tell('gathering evidence');
    const text = await report(outcome);
    if (skipped) reportedMeta(task.meta).twinbootSkippedItself = true;
    // The test is content, and the kernel has died: that is no pass for vitest either.
    else if (complaint === undefined && outcome.verdict.kind !== 'pass') throw new VerdictError(text);
  },
});

/** What the test said when it skipped itself: `skip('no gdb here')`. vitest keeps it, and does not declare where. */
function noteOf({ result }: TestContext['task']): string {
  const { note } = (result ?? {}) as { readonly note?: string };
  return note ?? 'its test skips itself, and does not say why';
}
