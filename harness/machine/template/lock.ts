import { closeSync, openSync } from 'node:fs';
import { EnvironmentError } from '../../errors.ts';
import { findExecutable } from '../../qemu/executable.ts';
import { StreamedProcess } from '../../qemu/process.ts';
import { Deadline, type Millis } from '../../units.ts';

/** Another process holds the lock, and did so for as long as we were ready to wait. */
export class LockBusy extends EnvironmentError {}

/** flock's own exit status for that; any that it has no other use for. */
const BUSY = 75;

const RELEASED_WITHIN: Millis = 2_000;

/**
 * Runs `work` while this process alone holds the lock on `file`, which need not exist. The lock is the kernel's own (flock(2),
 * taken by util-linux's flock), held by a child that lives as long as its stdin is open: it is free again when we die, however.
 * @param patience How long to wait for another process that holds it; 0: not at all.
 * @throws LockBusy when it cannot be had within `patience`; EnvironmentError when it cannot be had at all.
 */
export async function withLock<T>(file: string, patience: Millis, work: () => Promise<T>): Promise<T> {
  if (!findExecutable('flock')) throw new EnvironmentError('flock is not installed (util-linux has it)');
  closeSync(openSync(file, 'a', 0o600)); // flock itself would make one that others may open, and lock.
  const holder = new StreamedProcess('flock', [...flockOptions(patience), file, 'sh', '-c', 'echo held; exec cat'], {
    streams: 0,
  });
  const held = new Promise<'held'>((resolve) => holder.stdout?.once('data', () => resolve('held')));
  try {
    const outcome = await Promise.race([held, holder.ended]);
    if (outcome !== 'held') {
      if (outcome.exitCode === BUSY) throw new LockBusy(`another process holds the lock ${file}`);
      throw new EnvironmentError(`the lock ${file} cannot be taken: ${holder.stderr.trim()}`);
    }
    return await work();
  } finally {
    await release(holder);
  }
}

function flockOptions(patience: Millis): string[] {
  return ['--exclusive', '--timeout', String(patience / 1_000), '--conflict-exit-code', String(BUSY)];
}

async function release(holder: StreamedProcess): Promise<void> {
  holder.stdin?.end();
  const { ended } = holder;
  if ((await Deadline.after(RELEASED_WITHIN).race([ended], 'late')) === 'late') await holder.stop();
}
