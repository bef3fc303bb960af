import { EnvironmentError } from '../errors.ts';
import type { StreamedProcess } from '../qemu/process.ts';
import type { QmpClient } from '../qemu/qmp.ts';
import { Deadline, type Millis } from '../units.ts';
import { migrationEnd, PREPARE_MIGRATION } from './migration.ts';

/** It takes 20 ms on an idle host. */
const LOADED_WITHIN: Millis = 60_000;

/**
 * Brings a QEMU that was started with `-incoming defer` to the state that it can read from an inherited descriptor.
 * @throws EnvironmentError when it does not get there, in QEMU's words.
 */
export async function loadState(qmp: QmpClient, process: StreamedProcess, descriptor: number): Promise<void> {
  const deadline = Deadline.after(LOADED_WITHIN);
  const end = migrationEnd(qmp, deadline);
  // QEMU runs commands in order: nothing is gained by waiting for each answer.
  const asked = Promise.all([
    qmp.execute('migrate-set-capabilities', PREPARE_MIGRATION),
    qmp.execute('migrate-incoming', { uri: `fd:${descriptor}` }),
  ]);
  const outcome = await Promise.all([end, asked]).then(
    ([status]) => status,
    (error: Error) => error,
  );
  if (outcome === 'completed') return;
  await process.stop();
  const words = process.stderr.trim() || (outcome instanceof Error ? outcome.message : `The monitor said: ${outcome}.`);
  throw new EnvironmentError(`QEMU could not take up the state of the machine that it was to clone.\n${words}`);
}
