import { internetChecksum } from './checksum.ts';
import { encodeIpv4, IPV4_HEADER_BYTES, type Ipv4Packet } from './ipv4.ts';

const HEADER_BYTES = 8;
const ECHO_REPLY = 0;
const DESTINATION_UNREACHABLE = 3;
const ECHO_REQUEST = 8;

/** Codes of "destination unreachable" (RFC 1122, 3.2.2.1). */
export const UNREACHABLE = { port: 3, prohibited: 13 } as const;

/** The answer to an ICMP message: an echo reply, or `undefined`. */
export function answerIcmp(message: Buffer): Buffer | undefined {
  if (message.length < HEADER_BYTES || internetChecksum(message) !== 0) return undefined;
  if (message.readUInt8(0) !== ECHO_REQUEST || message.readUInt8(1) !== 0) return undefined;
  const reply = Buffer.from(message);
  reply.writeUInt8(ECHO_REPLY, 0);
  return sealed(reply);
}

/** The message that tells the sender of `packet` that it went nowhere. It quotes the header and eight bytes (RFC 792). */
export function unreachable(packet: Ipv4Packet, code: number): Buffer {
  const quoted = encodeIpv4(packet).subarray(0, IPV4_HEADER_BYTES + 8);
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(DESTINATION_UNREACHABLE, 0);
  header.writeUInt8(code, 1);
  return sealed(Buffer.concat([header, quoted]));
}

function sealed(message: Buffer): Buffer {
  message.writeUInt16BE(0, 2);
  message.writeUInt16BE(internetChecksum(message), 2);
  return message;
}
