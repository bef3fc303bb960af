import { addressBytes, type Ipv4Address } from './addresses.ts';

export const DNS_PORT = 53;

const HEADER_BYTES = 12;
const RESPONSE = 0x8000;
const OPCODE = 0x7800;
const AUTHORITATIVE = 0x0400;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
const NO_SUCH_NAME = 3;
const TYPE_A = 1;
const CLASS_IN = 1;
const TTL_SECONDS = 60;
/** A pointer to the question's name, which follows the header (RFC 1035, 4.1.4). */
const QUESTION_NAME = 0xc000 | HEADER_BYTES;

/**
 * The answer to a query for one name (RFC 1035). A name that is not in `names` (lower case) does not exist: the guest
 * learns at once, without waiting for a network that it does not have.
 */
export function answerDns(query: Buffer, names: Readonly<Record<string, Ipv4Address>>): Buffer | undefined {
  if (query.length < HEADER_BYTES) return undefined;
  const flags = query.readUInt16BE(2);
  if ((flags & (RESPONSE | OPCODE)) !== 0 || query.readUInt16BE(4) !== 1) return undefined;
  const question = readQuestion(query);
  if (!question) return undefined;

  const address = Object.hasOwn(names, question.name) ? names[question.name] : undefined;
  const answered = address !== undefined && question.type === TYPE_A && question.class === CLASS_IN;
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  const status = address === undefined ? NO_SUCH_NAME : 0;
  header.writeUInt16BE(RESPONSE | AUTHORITATIVE | (flags & RECURSION_DESIRED) | RECURSION_AVAILABLE | status, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(answered ? 1 : 0, 6);
  const answer = answered ? [encodeAddressRecord(address)] : [];
  return Buffer.concat([header, query.subarray(HEADER_BYTES, question.end), ...answer]);
}

function readQuestion(query: Buffer): { name: string; type: number; class: number; end: number } | undefined {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (;;) {
    const length = query[at++];
    // A length above 63 would be a pointer, and a question has nothing before it to point at.
    if (length === undefined || length > 63 || at + length > query.length) return undefined;
    if (length === 0) break;
    labels.push(query.toString('latin1', at, at + length).toLowerCase());
    at += length;
  }
  if (at + 4 > query.length) return undefined;
  return { name: labels.join('.'), type: query.readUInt16BE(at), class: query.readUInt16BE(at + 2), end: at + 4 };
}

function encodeAddressRecord(address: Ipv4Address): Buffer {
  const record = Buffer.alloc(12);
  record.writeUInt16BE(QUESTION_NAME, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(CLASS_IN, 4);
  record.writeUInt32BE(TTL_SECONDS, 6);
  record.writeUInt16BE(4, 10);
  return Buffer.concat([record, addressBytes(address)]);
}
