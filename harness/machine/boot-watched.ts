import { Machine } from './machine.ts';
import type { MachinePlan } from './plan.ts';

/**
 * Boots a machine that is watched from its first instruction.
 * @param watch Attaches to the machine, which stands still meanwhile; a launcher's runs already.
 * @throws EnvironmentError when the machine cannot be started, as {@link Machine.boot} does; what `watch` throws. Nothing is left then.
 */
export async function bootWatched<Watches>(
  plan: MachinePlan,
  watch: (machine: Machine) => Promise<Watches>,
): Promise<{ readonly machine: Machine; readonly watches: Watches }> {
  const machine = await Machine.boot(plan, { kind: 'boot' }, 'stopped');
  try {
    const watches = await watch(machine);
    await machine.run();
    return { machine, watches };
  } catch (error) {
    await machine.stop();
    throw error;
  }
}
