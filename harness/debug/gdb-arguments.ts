/** What gdb is to be told before it is the user's. */
export interface GdbSession {
  /** As gdb calls it. */
  readonly architecture: string;
  /** The path of the unix socket at which QEMU's stub listens. */
  readonly socket: string;
  /** An ELF file with the kernel's symbols; `undefined` when there is none that can be used. */
  readonly symbols: string | undefined;
}

/** gdb's arguments: connected to the machine, then whatever the user wants of it. @param asked The user's own arguments. */
export function gdbArguments({ architecture, socket, symbols }: GdbSession, asked: readonly string[]): string[] {
  return [
    '-q',
    // Whom gdb believes to have attached to, it leaves running when it is left.
    ...['-iex', 'set remote query-attached-packet off'],
    // QEMU ends before gdb has acknowledged its answer to `vKill`; to `k`, which is for a single process, none is awaited.
    ...['-iex', 'set remote kill-packet off', '-iex', 'set remote multiprocess-feature-packet off'],
    ...(symbols === undefined ? [] : ['-se', symbols]),
    ...['-ex', `set architecture ${architecture}`],
    ...['-ex', `target remote ${socket}`],
    ...asked,
  ];
}
