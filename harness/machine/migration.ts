import type { QmpClient } from '../qemu/qmp.ts';
import type { Deadline } from '../units.ts';

/**
 * Arguments of `migrate-set-capabilities` on both sides (QEMU, qapi/migration.json): RAM that lies in a shared file is no
 * part of the state, and events tell how far the migration is.
 */
export const PREPARE_MIGRATION = {
  capabilities: [
    { capability: 'x-ignore-shared', state: true },
    { capability: 'events', state: true },
  ],
} as const;

export type MigrationEnd = 'completed' | 'failed' | 'qemu-ended' | 'too-late';

/** Resolves when a migration that is yet to be asked for has come to an end. */
export async function migrationEnd(qmp: QmpClient, deadline: Deadline): Promise<MigrationEnd> {
  let unsubscribe = () => {};
  const told = new Promise<MigrationEnd>((resolve) => {
    unsubscribe = qmp.subscribe(({ name, data }) => {
      if (name === 'MIGRATION' && (data.status === 'completed' || data.status === 'failed')) resolve(data.status);
    });
  });
  try {
    return await deadline.race([told, qmp.closed.then(() => 'qemu-ended' as const)], 'too-late');
  } finally {
    unsubscribe();
  }
}
