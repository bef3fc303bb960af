import { EnvironmentError } from '../errors.ts';
import type { Machine } from '../machine/machine.ts';

/**
 * A launcher that fails before any guest has spoken has built nothing: that is not the kernel's fault.
 * @throws EnvironmentError in the launcher's own words, after the machine is cleared away.
 */
export async function refuseSilentLauncher(machine: Machine): Promise<void> {
  const { plan, end, console, command } = machine;
  if (plan.source.kind !== 'launcher' || plan.exitDevice || !end?.exitCode || console.bytesSeen > 0) return;
  await machine.stop();
  throw new EnvironmentError(
    `The launcher \`${command.join(' ')}\` ended with status ${end.exitCode} before a guest said anything.\n${end.stderr.trim()}`,
  );
}
