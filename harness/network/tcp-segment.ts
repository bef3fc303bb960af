import { internetChecksum } from './checksum.ts';
import { MTU } from './ethernet.ts';
import { IPV4_HEADER_BYTES, type Ipv4Packet, PROTOCOL, pseudoHeader } from './ipv4.ts';
import { advance, type Sequence } from './sequence.ts';

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;

/** A TCP segment without its ports, which belong to the connection. */
export interface TcpSegment {
  readonly sequence: Sequence;
  /** Meaningful with {@link ACK}. */
  readonly acknowledgment: Sequence;
  readonly flags: number;
  readonly window: number;
  /** The maximum segment size option, which comes with {@link SYN}. */
  readonly mss?: number;
  readonly payload: Buffer;
}

export interface TcpPorts {
  readonly sourcePort: number;
  readonly destinationPort: number;
}

const HEADER_BYTES = 20;
const CHECKSUM_AT = 16;
const OPTION = { end: 0, padding: 1, mss: 2 } as const;
const MSS_OPTION_BYTES = 4;
/** What one frame carries. */
export const MAX_SEGMENT_SIZE = MTU - IPV4_HEADER_BYTES - HEADER_BYTES;

/** What a segment takes of the sequence space: its bytes, and one for each of SYN and FIN. */
export function sequenceLength({ flags, payload }: TcpSegment): number {
  return payload.length + ((flags & SYN) === 0 ? 0 : 1) + ((flags & FIN) === 0 ? 0 : 1);
}

/** The reset that answers a segment which belongs to no connection (RFC 9293, 3.10.7.1). */
export function resetFor(segment: TcpSegment): TcpSegment {
  const none = { window: 0, payload: Buffer.alloc(0) };
  if ((segment.flags & ACK) !== 0) return { ...none, sequence: segment.acknowledgment, acknowledgment: 0, flags: RST };
  const acknowledgment = advance(segment.sequence, sequenceLength(segment));
  return { ...none, sequence: 0, acknowledgment, flags: RST | ACK };
}

export function decodeTcp(packet: Ipv4Packet): (TcpSegment & TcpPorts) | undefined {
  const bytes = packet.payload;
  if (bytes.length < HEADER_BYTES) return undefined;
  const headerBytes = (bytes.readUInt8(12) >> 4) * 4;
  if (headerBytes < HEADER_BYTES || headerBytes > bytes.length) return undefined;
  if (internetChecksum(pseudoHeader(packet, bytes.length), bytes) !== 0) return undefined;
  const mss = readMss(bytes.subarray(HEADER_BYTES, headerBytes));
  return {
    sourcePort: bytes.readUInt16BE(0),
    destinationPort: bytes.readUInt16BE(2),
    sequence: bytes.readUInt32BE(4),
    acknowledgment: bytes.readUInt32BE(8),
    flags: bytes.readUInt8(13),
    window: bytes.readUInt16BE(14),
    ...(mss === undefined ? {} : { mss }),
    payload: bytes.subarray(headerBytes),
  };
}

function readMss(options: Buffer): number | undefined {
  let at = 0;
  while (at < options.length) {
    const kind = options.readUInt8(at);
    if (kind === OPTION.end) return undefined;
    if (kind === OPTION.padding) {
      at += 1;
      continue;
    }
    const length = options[at + 1] ?? 0;
    if (length < 2 || at + length > options.length) return undefined;
    if (kind === OPTION.mss && length === MSS_OPTION_BYTES) return options.readUInt16BE(at + 2);
    at += length;
  }
  return undefined;
}

/** The packet that carries a segment. */
export function encodeTcp(
  segment: TcpSegment,
  { sourcePort, destinationPort }: TcpPorts,
  { source, destination }: Pick<Ipv4Packet, 'source' | 'destination'>,
): Ipv4Packet {
  const headerBytes = HEADER_BYTES + (segment.mss === undefined ? 0 : MSS_OPTION_BYTES);
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(sourcePort, 0);
  header.writeUInt16BE(destinationPort, 2);
  header.writeUInt32BE(segment.sequence, 4);
  header.writeUInt32BE(segment.acknowledgment, 8);
  header.writeUInt8((headerBytes / 4) << 4, 12);
  header.writeUInt8(segment.flags, 13);
  header.writeUInt16BE(segment.window, 14);
  if (segment.mss !== undefined) {
    header.writeUInt8(OPTION.mss, HEADER_BYTES);
    header.writeUInt8(MSS_OPTION_BYTES, HEADER_BYTES + 1);
    header.writeUInt16BE(segment.mss, HEADER_BYTES + 2);
  }
  const addresses = { source, destination, protocol: PROTOCOL.tcp };
  const pseudo = pseudoHeader(addresses, headerBytes + segment.payload.length);
  header.writeUInt16BE(internetChecksum(pseudo, header, segment.payload), CHECKSUM_AT);
  return { ...addresses, payload: Buffer.concat([header, segment.payload]) };
}
