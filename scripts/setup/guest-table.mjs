import { readFileSync } from 'node:fs';

/** What the Linux fixture is made of: architectures, the packages per role, and where distributions keep them. */
export const guestTable = JSON.parse(readFileSync(new URL('guest-packages.json', import.meta.url), 'utf8'));

/** The architectures that guests are built for. */
export const architectures = Object.keys(guestTable.architectures);

/** The names a role's package may have on this architecture, best first. */
export function candidatesOf({ candidates }, arch) {
  return candidates.map((name) => name.replace('{debian}', guestTable.architectures[arch].debian));
}

/** The variable that names .deb files for a role, e.g. TWINBOOT_DEB_LINUX_X86_64. */
export function variableOf({ role }, arch) {
  return `TWINBOOT_DEB_${role}_${arch}`.toUpperCase();
}
