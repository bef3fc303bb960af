import { spawn } from 'node:child_process';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import type { MachinePlan } from '../machine/plan.ts';
import { qemuArgv } from '../qemu/argv.ts';
import { forgetReaped, reapWithUs } from '../qemu/reaper.ts';
import { usesSandbox } from '../qemu/sandbox.ts';
import { type Millis, monotonicMs } from '../units.ts';

/**
 * The machine as a person would start it, with nothing of the harness around it: its serial line on QEMU's own stdin and
 * stdout, no monitor, no log. The guest does the same work.
 * @returns how long it took from spawn until the prompt had been read.
 * @throws EnvironmentError when it ends before that, or has disks, which want preparing.
 */
export async function bareBoot({ machine, source, exitDevice }: MachinePlan, prompt: string): Promise<Millis> {
  if (source.kind !== 'qemu' || machine.disks.length > 0)
    throw new EnvironmentError('a bare boot wants a machine without disks and launcher');
  const argv = qemuArgv(machine, source.image, {
    monitor: undefined,
    consoles: ['stdio'],
    disks: [],
    services: undefined,
    startStopped: false,
    sandbox: usesSandbox(),
    exitDevice,
  });
  const startedAt = monotonicMs();
  const qemu = spawn(describeArch(machine.arch).qemuBinary, argv, {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  if (qemu.pid) reapWithUs(qemu.pid);
  const ended = new Promise<void>((resolve) => qemu.once('close', () => resolve()).once('error', () => resolve()));
  let sightedAt: Millis | undefined;
  let text = '';
  qemu.stdout.on('data', (bytes: Buffer) => {
    // A prompt may come in two pieces; what lies before the last line is of no interest.
    text = (text + bytes.toString('latin1')).slice(-(prompt.length + bytes.length));
    if (sightedAt !== undefined || !text.includes(prompt)) return;
    sightedAt = monotonicMs();
    qemu.kill('SIGKILL');
  });
  await ended;
  if (qemu.pid) forgetReaped(qemu.pid);
  if (sightedAt === undefined) throw new EnvironmentError('QEMU ended before the prompt was seen');
  return sightedAt - startedAt;
}
