import { createWriteStream } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { EnvironmentError } from '../../errors.ts';
import { MEMORY_BACKEND } from '../../qemu/argv.ts';
import type { QmpClient } from '../../qemu/qmp.ts';
import { createSocketDirectory, removeRunDirectory } from '../../qemu/reaper.ts';
import { Deadline, type Millis } from '../../units.ts';
import { stateFile } from '../beginning.ts';
import type { Machine } from '../machine.ts';
import { migrationEnd, PREPARE_MIGRATION } from '../migration.ts';

/** The state is under a megabyte: it takes 20 ms on an idle host. */
const FROZEN_WITHIN: Millis = 60_000;

/**
 * Stops a machine that began as a template and writes the state of its devices beside its RAM. The machine is of no other use
 * after that; the files are whole once it has ended.
 * @throws EnvironmentError when the machine cannot be cloned, in QEMU's words.
 */
export async function freeze(machine: Machine, folder: string): Promise<void> {
  const { qmp } = machine;
  if (!qmp) throw new EnvironmentError('it has no monitor');
  await requireOwnDisks(qmp, folder);
  await requireOwnMemory(qmp);
  await qmp.execute('migrate-set-capabilities', PREPARE_MIGRATION);
  await qmp.execute('stop');
  await receiveState(qmp, stateFile(folder));
}

const blockDevices = z.array(
  z.object({
    device: z.string(),
    inserted: z.object({ ro: z.boolean(), file: z.string() }).optional(),
  }),
);

/** A disk that the guest writes, and that is not the template's own, would be shared by all clones and changed under each of them. */
async function requireOwnDisks(qmp: QmpClient, folder: string): Promise<void> {
  const devices = blockDevices.parse(await qmp.execute('query-block'));
  const shared = devices.find(({ inserted }) => inserted && !inserted.ro && !inserted.file.startsWith(`${folder}/`));
  if (!shared) return;
  throw new EnvironmentError(
    `its writable drive ${shared.device} (${shared.inserted?.file}) is declared in raw QEMU arguments; declare it in disks, or read-only`,
  );
}

const memoryBackends = z.array(z.object({ id: z.string().optional(), share: z.boolean() }));

/** Memory that is shared with a file is no part of the state: clones would share it, or find it empty. */
async function requireOwnMemory(qmp: QmpClient): Promise<void> {
  const backends = memoryBackends.parse(await qmp.execute('query-memdev'));
  const shared = backends.find(({ id, share }) => share && id !== MEMORY_BACKEND);
  if (!shared) return;
  throw new EnvironmentError(
    `its memory backend ${shared.id ?? ''} is declared in raw QEMU arguments with share=on; declare it with share=off`,
  );
}

/** QEMU sends the state to a socket of ours: it may start no program and can be handed no file once it runs. */
async function receiveState(qmp: QmpClient, file: string): Promise<void> {
  const directory = createSocketDirectory('state');
  const socket = path.join(directory, 'state');
  const server = createServer();
  try {
    const received = new Promise<void>((resolve, reject) => {
      server.once('connection', (connection) => {
        server.close();
        pipeline(connection, createWriteStream(file, { mode: 0o600 })).then(resolve, reject);
      });
    });
    let notWritten: unknown;
    received.catch((error: unknown) => {
      notWritten = error; // A full disk, say; QEMU then says only that nobody reads any more.
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
    const deadline = Deadline.after(FROZEN_WITHIN);
    const end = migrationEnd(qmp, deadline);
    await qmp.execute('migrate', { uri: `unix:${socket}` });
    const outcome = await end;
    if (notWritten) throw notWritten;
    if (outcome !== 'completed') throw new EnvironmentError(await whyNotFrozen(qmp, outcome));
    await received;
  } finally {
    server.close();
    removeRunDirectory(directory);
  }
}

async function whyNotFrozen(qmp: QmpClient, outcome: string): Promise<string> {
  const answer = await qmp.execute('query-migrate').catch(() => ({}));
  const { 'error-desc': description } = z.object({ 'error-desc': z.string().optional() }).parse(answer);
  return `QEMU's migration ended as ${outcome}${description ? `: ${description}` : ''}`;
}
