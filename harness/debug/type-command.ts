import { awaitDeclaredPrompt } from '../console/declared-prompt.ts';
import { Dialogue } from '../console/dialogue.ts';
import type { Machine } from '../machine/machine.ts';
import type { TypedCommand } from '../machine/typed-command.ts';
import { Deadline } from '../units.ts';

/**
 * Types a command once the guest can read it: at once when a clone that stands at its prompt first runs, else when it has come
 * to its prompt, however long it is kept from that.
 * @returns whether it was typed; not when the machine ended before.
 */
export async function typeWhenReady(machine: Machine, { command, prompt, enter }: TypedCommand): Promise<boolean> {
  const { console, qmp, plan } = machine;
  const spec = { prompt, enter, status: 'none', typing: plan.typing } as const;
  using dialogue = new Dialogue(console, spec, { deadline: Deadline.after(Number.POSITIVE_INFINITY) });
  const isReady =
    machine.beginning.kind === 'clone'
      ? (await qmp?.event('RESUME', Deadline.after(Number.POSITIVE_INFINITY))) !== undefined
      : (await awaitDeclaredPrompt(dialogue, prompt)).kind === 'answer';
  if (!isReady || machine.end) return false;
  await console.send(`${command}\n`.replaceAll('\n', enter), { typing: plan.typing });
  return true;
}
