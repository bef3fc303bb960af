import type { Duplex, Readable } from 'node:stream';
import type { DebugPort } from '../arch/debug-port.ts';
import type { SerialPort } from '../console/serial-port.ts';
import type { StreamedProcess } from '../qemu/process.ts';
import type { Beginning } from './beginning.ts';
import { launchLauncher } from './launch-launcher.ts';
import { launchQemu } from './launch-qemu.ts';
import type { MachinePlan } from './plan.ts';

/** A started process and the harness's ends of its streams. */
export interface Launch {
  readonly process: StreamedProcess;
  /** The command as a person would type it. */
  readonly command: readonly string[];
  readonly consoles: readonly SerialPort[];
  readonly monitor: Duplex | undefined;
  /** Frames of the harness's own host on the guest's network. */
  readonly services: Duplex | undefined;
  /** What the guest writes to each debug port that is watched. */
  readonly ports: readonly WatchedPort[];
  /** QEMU's log of interrupts, exceptions and resets. */
  readonly interruptLog?: Readable;
  /** To be called once QEMU has opened what it opens by name, or never will. Until then, no console and no log has an end. */
  readonly settle: () => void;
  /** The descriptor from which a clone's QEMU reads its state. */
  readonly state?: number;
}

export interface WatchedPort {
  readonly port: DebugPort;
  readonly stream: Readable;
}

/** Starts what the plan says. Every stream is there before the process is: no socket to find, no moment at which output is lost. */
export function launch(plan: MachinePlan, beginning: Beginning, directory: string): Promise<Launch> {
  const { source } = plan;
  return source.kind === 'qemu'
    ? launchQemu(plan, source, beginning, directory)
    : launchLauncher(plan, source, directory);
}
