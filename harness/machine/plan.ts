import type { DebugPort } from '../arch/debug-port.ts';
import type { Typing } from '../console/typist.ts';
import type { BootImage } from '../qemu/argv.ts';
import type { ResolvedMachine } from '../qemu/resolve.ts';
import type { ProbedFunction } from '../trace/function-probes.ts';
import type { GuestRamLayout } from '../trace/guest-ram.ts';

/** Everything that decides how a machine starts. */
export interface MachinePlan {
  readonly machine: ResolvedMachine;
  readonly source: MachineSource;
  /** What each serial line is for, in order, as in `['user', 'kernel']`. At least one. */
  readonly consoles: readonly string[];
  /** The guest may end QEMU with an exit status. */
  readonly exitDevice: boolean;
  /** The debug ports that are watched, all of which the architecture has. Default: none. */
  readonly ports?: readonly DebugPort[];
  /** What is read from the guest's RAM. When the guest shuts down, QEMU stays until that is done. */
  readonly ram?: GuestRamLayout;
  /** The whole interrupt log goes to a file. Absent: only its end is kept. */
  readonly keepsInterrupts?: boolean;
  /** The functions whose calls are counted, by their addresses: the kernel must run where it was linked to. Default: none. */
  readonly probes?: readonly ProbedFunction[];
  /** The command that builds the images, for messages about one that is missing. */
  readonly build?: string;
  /** An ELF file with the kernel's symbols. Absent: the kernel itself, when that is an ELF file. */
  readonly symbols?: string;
  /** For kernels whose serial input loses characters. */
  readonly typing?: Typing;
}

export type MachineSource =
  /** The harness starts QEMU itself. */
  | { readonly kind: 'qemu'; readonly image: BootImage; readonly raw: boolean }
  /**
   * A command that starts QEMU itself, as `cargo run` does. Its stdin and stdout are the console. `{qmp}` in an argument
   * is replaced by the path of a unix socket at which the harness awaits QEMU's monitor (`-qmp unix:{qmp}`); without it
   * the machine has no monitor, and only its console and exit status speak.
   */
  | {
      readonly kind: 'launcher';
      readonly command: readonly [string, ...string[]];
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    };
