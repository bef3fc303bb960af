/** Dotted, as in `10.0.2.15`. */
export type Ipv4Address = string;

/** Six lower-case hexadecimal bytes joined by colons. */
export type MacAddress = string;

/**
 * The guest's network, laid out as QEMU's user network lays out its own, so that a kernel whose addresses are written
 * into it works here without a change.
 */
export const GUEST_NETWORK = {
  netmask: '255.255.255.0',
  gateway: '10.0.2.2',
  resolver: '10.0.2.3',
  guest: '10.0.2.15',
  services: '10.0.2.100',
} as const satisfies Record<string, Ipv4Address>;

/** Locally administered: 52:55 and the address of the services, as QEMU's user network makes its own. */
export const SERVICE_MAC: MacAddress = '52:55:0a:00:02:64';

export const BROADCAST_MAC: MacAddress = 'ff:ff:ff:ff:ff:ff';
export const BROADCAST_ADDRESS: Ipv4Address = '255.255.255.255';
export const UNSPECIFIED_ADDRESS: Ipv4Address = '0.0.0.0';

export const MAC_BYTES = 6;

export function readMac(bytes: Buffer, at: number): MacAddress {
  return Array.from(bytes.subarray(at, at + MAC_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export function macBytes(mac: MacAddress): Buffer {
  return Buffer.from(mac.replaceAll(':', ''), 'hex');
}

export function readAddress(bytes: Buffer, at: number): Ipv4Address {
  return bytes.subarray(at, at + 4).join('.');
}

export function addressBytes(address: Ipv4Address): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

/** Whether `address` can be one host's own: not unspecified, loopback, multicast, reserved or broadcast. */
export function isUnicast(address: Ipv4Address): boolean {
  const network = Number.parseInt(address, 10);
  return network > 0 && network < 224 && network !== 127;
}
