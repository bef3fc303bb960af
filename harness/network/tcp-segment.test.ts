import fc from 'fast-check';
import { expect, test } from 'vitest';
import { internetChecksum } from './checksum.ts';
import { pseudoHeader } from './ipv4.ts';
import { ACK, decodeTcp, encodeTcp, FIN, RST, resetFor, SYN, sequenceLength } from './tcp-segment.ts';

const addresses = { source: '10.0.2.15', destination: '10.0.2.100' };
const packetOf = (payload: Buffer) => ({ ...addresses, protocol: 6, payload });
const linuxSyn = Buffer.from('83fa005083c461eb00000000a002faf0e14b0000020405b40402080acdb71ba10000000001030305', 'hex');

test('a SYN of Linux is read, with the one option of its five that matters here', () => {
  expect(decodeTcp(packetOf(linuxSyn))).toEqual({
    sourcePort: 0x83fa,
    destinationPort: 80,
    sequence: 0x83c461eb,
    acknowledgment: 0,
    flags: SYN,
    window: 0xfaf0,
    mss: 1460,
    payload: Buffer.alloc(0),
  });
});

test('an acknowledgment is written as Linux writes it', () => {
  const segment = {
    sequence: 0x83c461ec,
    acknowledgment: 0x932170c1,
    flags: ACK,
    window: 0xfaf0,
    payload: Buffer.alloc(0),
  };
  const packet = encodeTcp(segment, { sourcePort: 0x83fa, destinationPort: 80 }, addresses);
  expect(packet.payload.toString('hex')).toBe('83fa005083c461ec932170c15010faf02e930000');
});

test('what is written is read back', () => {
  const number = fc.integer({ min: 0, max: 0xffff_ffff });
  const short = fc.nat(65535);
  const bytes = fc.uint8Array({ maxLength: 1460 }).map((each) => Buffer.from(each));
  const segment = fc.record(
    { sequence: number, acknowledgment: number, flags: fc.nat(255), window: short, payload: bytes, mss: short },
    { requiredKeys: ['sequence', 'acknowledgment', 'flags', 'window', 'payload'] },
  );
  const ports = fc.record({ sourcePort: short, destinationPort: short });
  fc.assert(
    fc.property(segment, ports, (sent, between) => {
      expect(decodeTcp(encodeTcp(sent, between, addresses))).toEqual({ ...sent, ...between });
    }),
  );
});

test('a damaged byte anywhere makes it no segment', () => {
  fc.assert(
    fc.property(fc.nat(linuxSyn.length - 1), fc.integer({ min: 1, max: 255 }), (at, mask) => {
      const damaged = Buffer.from(linuxSyn);
      damaged.writeUInt8(damaged.readUInt8(at) ^ mask, at);
      expect(decodeTcp(packetOf(damaged))).toBeUndefined();
    }),
  );
});

/** A SYN with the options given, all of four bytes. */
function synWithOptions(options: string): Buffer {
  const bytes = Buffer.from(`83fa005083c461eb000000006002faf000000000${options}`, 'hex');
  bytes.writeUInt16BE(internetChecksum(pseudoHeader(packetOf(bytes), bytes.length), bytes), 16);
  return bytes;
}

test.each([
  ['after padding', '01010204', undefined],
  ['alone', '02040218', 536],
  ['after the end of the options', '00020402', undefined],
  ['after an option of no length', '05000204', undefined],
  ['after an option that is longer than the header', '05090204', undefined],
  ['of a wrong length', '02030218', undefined],
])('a maximum segment size %s', (_name, options, mss) => {
  const segment = decodeTcp(packetOf(synWithOptions(options)));
  expect(segment).toBeDefined();
  expect(segment?.mss).toBe(mss);
});

test('SYN and FIN take a sequence number each', () => {
  const segment = { sequence: 1, acknowledgment: 0, window: 1, payload: Buffer.from('abc') };
  expect(sequenceLength({ ...segment, flags: SYN | FIN })).toBe(5);
  expect(sequenceLength({ ...segment, flags: ACK })).toBe(3);
});

test('a reset has the numbers that the other side will believe', () => {
  const segment = { sequence: 100, acknowledgment: 55, window: 1, payload: Buffer.from('abc') };
  expect(resetFor({ ...segment, flags: ACK })).toMatchObject({ sequence: 55, flags: RST });
  expect(resetFor({ ...segment, flags: SYN })).toMatchObject({ sequence: 0, acknowledgment: 104, flags: RST | ACK });
});
