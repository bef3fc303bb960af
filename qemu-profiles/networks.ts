import type { NetworkProfile } from '../harness/qemu/profile.ts';

/** Networks by name. A network card is there exactly when the network is not `none`. */
export const networks = {
  none: { kind: 'none' },
  /**
   * DHCP hands out 10.0.2.15, and 10.0.2.100 is the harness: TCP echo and UDP echo on port 7, HTTP on port 80. Nothing
   * else answers: a guest reaches neither the host nor the networks behind it.
   */
  user: { kind: 'user', restrict: true },
  /** As `user`, and the guest reaches whatever the host reaches. */
  'user-open': { kind: 'user', restrict: false },
} as const satisfies Record<string, NetworkProfile>;
