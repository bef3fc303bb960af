import { addressBytes, type Ipv4Address, readAddress } from './addresses.ts';
import { internetChecksum } from './checksum.ts';

export const PROTOCOL = { icmp: 1, tcp: 6, udp: 17 } as const;

export interface Ipv4Packet {
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly protocol: number;
  readonly payload: Buffer;
}

/** Of a header without options, the only kind that is sent. */
export const IPV4_HEADER_BYTES = 20;
const MORE_FRAGMENTS = 0x2000;
const FRAGMENT_OFFSET = 0x1fff;
const DONT_FRAGMENT = 0x4000;
const TIME_TO_LIVE = 64;

/**
 * `undefined` for what is no whole, sound datagram. A fragment is none: nothing that is served here is longer than a
 * frame, and a table of half-received datagrams would be the guest's to fill.
 */
export function decodeIpv4(bytes: Buffer): Ipv4Packet | undefined {
  if (bytes.length < IPV4_HEADER_BYTES) return undefined;
  const versionAndLength = bytes.readUInt8(0);
  const headerBytes = (versionAndLength & 0x0f) * 4;
  const totalBytes = bytes.readUInt16BE(2);
  if (versionAndLength >> 4 !== 4 || headerBytes < IPV4_HEADER_BYTES) return undefined;
  if (totalBytes < headerBytes || totalBytes > bytes.length) return undefined;
  if (internetChecksum(bytes.subarray(0, headerBytes)) !== 0) return undefined;
  if ((bytes.readUInt16BE(6) & (MORE_FRAGMENTS | FRAGMENT_OFFSET)) !== 0) return undefined;
  return {
    source: readAddress(bytes, 12),
    destination: readAddress(bytes, 16),
    protocol: bytes.readUInt8(9),
    payload: bytes.subarray(headerBytes, totalBytes),
  };
}

/** Never fragmented, so its identification may be 0 (RFC 6864, 4.1). */
export function encodeIpv4({ source, destination, protocol, payload }: Ipv4Packet): Buffer {
  const header = Buffer.alloc(IPV4_HEADER_BYTES);
  header.writeUInt8((4 << 4) | (IPV4_HEADER_BYTES / 4), 0);
  header.writeUInt16BE(IPV4_HEADER_BYTES + payload.length, 2);
  header.writeUInt16BE(DONT_FRAGMENT, 6);
  header.writeUInt8(TIME_TO_LIVE, 8);
  header.writeUInt8(protocol, 9);
  addressBytes(source).copy(header, 12);
  addressBytes(destination).copy(header, 16);
  header.writeUInt16BE(internetChecksum(header), 10);
  return Buffer.concat([header, payload]);
}

/** The header that UDP and TCP checksums cover beside their own bytes (RFC 9293, 3.1). */
export function pseudoHeader(
  { source, destination, protocol }: Omit<Ipv4Packet, 'payload'>,
  payloadBytes: number,
): Buffer {
  const tail = Buffer.alloc(4);
  tail.writeUInt8(protocol, 1);
  tail.writeUInt16BE(payloadBytes, 2);
  return Buffer.concat([addressBytes(source), addressBytes(destination), tail]);
}
