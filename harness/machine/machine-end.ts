/** How a machine came to its end, as QEMU and the system told it. */
export interface MachineEnd {
  /** QEMU's exit status; `undefined` when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** QEMU had a monitor from before the first instruction: an end without a SHUTDOWN event was then not the guest's doing, but for an exit device. */
  readonly monitored: boolean;
  /** QMP's SHUTDOWN event: who asked for it, and why (QEMU, qapi/run-state.json, ShutdownCause). */
  readonly shutdown: { readonly guest: boolean; readonly reason: string } | undefined;
  /** The last that QEMU wrote to stderr. */
  readonly stderr: string;
}
