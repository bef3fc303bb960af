/**
 * A port that a guest writes bytes to for whoever watches it:
 * - `post`: codes of how far it has come, port 0x80.
 * - `e9`: text, as Bochs and QEMU's debug console take it.
 * - `402`: text of firmware; SeaBIOS and OVMF write there.
 */
export type DebugPort = (typeof debugPorts)[number];

export const debugPorts = ['post', 'e9', '402'] as const;

/** QEMU's arguments for each port that an architecture has, given the id of the chardev behind it. */
export type DebugPortDevices = { readonly [port in DebugPort]?: (chardev: string) => readonly string[] };
