import type { QemuVersion } from './qmp.ts';

/** What Debian 12 has; the oldest that Twinboot is tested with. */
export const OLDEST_QEMU: QemuVersion = { major: 7, minor: 2, micro: 0 };

export function isOlder(version: QemuVersion, than: QemuVersion): boolean {
  if (version.major !== than.major) return version.major < than.major;
  if (version.minor !== than.minor) return version.minor < than.minor;
  return version.micro < than.micro;
}

export function formatVersion({ major, minor, micro }: QemuVersion): string {
  return `${major}.${minor}.${micro}`;
}
