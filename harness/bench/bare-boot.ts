import type { MachinePlan } from '../machine/plan.ts';
import type { Millis } from '../units.ts';
import { BareMachine } from './bare-machine.ts';

/**
 * Boots a machine with nothing of the harness around it. The guest does the same work.
 * @returns how long it took from spawn until the prompt had been read.
 * @throws EnvironmentError when it ends before that, or has disks, which want preparing.
 */
export async function bareBoot(plan: MachinePlan, prompt: string): Promise<Millis> {
  await using machine = await BareMachine.start(plan);
  return await machine.until(prompt);
}
