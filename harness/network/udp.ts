import { internetChecksum } from './checksum.ts';
import { MTU } from './ethernet.ts';
import { IPV4_HEADER_BYTES, type Ipv4Packet, PROTOCOL, pseudoHeader } from './ipv4.ts';

export interface UdpDatagram {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Buffer;
}

const HEADER_BYTES = 8;
const CHECKSUM_AT = 6;
/** What one frame carries. */
export const MAX_UDP_PAYLOAD = MTU - IPV4_HEADER_BYTES - HEADER_BYTES;

export function decodeUdp(packet: Ipv4Packet): UdpDatagram | undefined {
  const bytes = packet.payload;
  if (bytes.length < HEADER_BYTES) return undefined;
  const length = bytes.readUInt16BE(4);
  if (length < HEADER_BYTES || length > bytes.length) return undefined;
  const datagram = bytes.subarray(0, length);
  // A sender that computes no checksum sends 0 (RFC 768).
  const unchecked = datagram.readUInt16BE(CHECKSUM_AT) === 0;
  if (!unchecked && internetChecksum(pseudoHeader(packet, length), datagram) !== 0) return undefined;
  return {
    sourcePort: datagram.readUInt16BE(0),
    destinationPort: datagram.readUInt16BE(2),
    payload: datagram.subarray(HEADER_BYTES),
  };
}

/** The packet that carries a datagram. */
export function encodeUdp(
  datagram: UdpDatagram,
  { source, destination }: Pick<Ipv4Packet, 'source' | 'destination'>,
): Ipv4Packet {
  const header = Buffer.alloc(HEADER_BYTES);
  const length = HEADER_BYTES + datagram.payload.length;
  header.writeUInt16BE(datagram.sourcePort, 0);
  header.writeUInt16BE(datagram.destinationPort, 2);
  header.writeUInt16BE(length, 4);
  const addresses = { source, destination, protocol: PROTOCOL.udp };
  // A checksum that comes out as 0 is sent as all ones, because 0 says that there is none.
  const checksum = internetChecksum(pseudoHeader(addresses, length), header, datagram.payload) || 0xffff;
  header.writeUInt16BE(checksum, CHECKSUM_AT);
  return { ...addresses, payload: Buffer.concat([header, datagram.payload]) };
}
