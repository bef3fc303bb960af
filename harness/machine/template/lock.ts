import { EnvironmentError } from '../../errors.ts';
import { findExecutable } from '../../qemu/executable.ts';
import { StreamedProcess } from '../../qemu/process.ts';
import { Deadline, type Millis } from '../../units.ts';

/**
 * Runs `work` while this process alone holds the lock on `file`, which need not exist. The lock is the kernel's own (flock(2),
 * taken by util-linux's flock), held by a child that lives as long as its stdin is open: it is free again when we die, however.
 * @throws EnvironmentError when it cannot be had within `patience`.
 */
export async function withLock<T>(file: string, patience: Millis, work: () => Promise<T>): Promise<T> {
  if (!findExecutable('flock')) throw new EnvironmentError('flock is not installed (util-linux has it)');
  const holder = new StreamedProcess('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], { streams: 0 });
  const held = new Promise<'held'>((resolve) => holder.stdout?.once('data', () => resolve('held')));
  try {
    const outcome = await Deadline.after(patience).race([held, holder.ended.then(() => 'ended' as const)], 'busy');
    if (outcome === 'busy') throw new EnvironmentError(`another process holds the lock ${file}`);
    if (outcome === 'ended') throw new EnvironmentError(`the lock ${file} cannot be taken: ${holder.stderr.trim()}`);
    return await work();
  } finally {
    await release(holder);
  }
}

async function release(holder: StreamedProcess): Promise<void> {
  holder.stdin?.end();
  const { ended } = holder;
  if ((await Deadline.after(RELEASED_WITHIN).race([ended], 'late')) === 'late') await holder.stop();
}

const RELEASED_WITHIN: Millis = 2_000;
