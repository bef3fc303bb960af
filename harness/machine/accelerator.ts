import os from 'node:os';
import { describeArch } from '../arch/archs.ts';
import { EnvironmentError } from '../errors.ts';
import { visibleLine } from '../lines/visible.ts';
import { Deadline, formatMillis, type Millis } from '../units.ts';
import { Machine } from './machine.ts';
import type { MachinePlan } from './plan.ts';

export type AcceleratorProof = { readonly kind: 'works' } | { readonly kind: 'useless'; readonly why: string };

/** A kernel that an accelerator runs says its first line within a second. */
const PROVEN_WITHIN: Millis = 10_000;

/**
 * Whether the plan's accelerator runs its kernel here, found out by booting it up to its first line. A device that
 * opens and answers is no proof: there are hosts whose KVM runs firmware and then stands still in a kernel.
 */
export async function proveAccelerator(plan: MachinePlan): Promise<AcceleratorProof> {
  const { arch, accelerator } = plan.machine;
  if (plan.source.kind === 'launcher') return { kind: 'works' }; // It chooses for itself.
  if (accelerator !== 'tcg' && describeArch(arch).nodeArch !== os.arch()) {
    return { kind: 'useless', why: `this host is ${os.arch()}; only emulation runs ${arch} there` };
  }
  try {
    const machine = await Machine.boot(plan);
    return await firstLine(machine).finally(() => machine.stop());
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    // What happened, and the first of QEMU's own words; the command on the lines after is for evidence.
    return { kind: 'useless', why: visibleLine(error.message.split('\n').slice(0, 2).join(' ')) };
  }
}

async function firstLine(machine: Machine): Promise<AcceleratorProof> {
  const deadline = Deadline.after(PROVEN_WITHIN);
  const abort = new AbortController();
  const waits = machine.consoles.map((console) => console.wait({ from: 0, line: '', signal: abort.signal }, deadline));
  const outcome = await Promise.race(waits);
  abort.abort();
  switch (outcome.kind) {
    case 'line':
      return { kind: 'works' };
    case 'timeout':
      return { kind: 'useless', why: `the kernel printed nothing in ${formatMillis(PROVEN_WITHIN)}` };
    case 'closed':
    case 'aborted':
    case 'rejected':
    case 'prompt': {
      const { stderr } = await machine.ended;
      return { kind: 'useless', why: stderr.trim().split('\n')[0] || 'QEMU ended before the kernel printed anything' };
    }
    default:
      return outcome satisfies never;
  }
}
