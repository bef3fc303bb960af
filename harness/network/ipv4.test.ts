import fc from 'fast-check';
import { expect, test } from 'vitest';
import { internetChecksum } from './checksum.ts';
import { decodeIpv4, encodeIpv4 } from './ipv4.ts';

/** A ping of Linux 6.1 with busybox: 20 bytes of header, 64 of ICMP. */
const ping = Buffer.from(`45000054275140004001fb470a00020f0a00020208004197006100005b075b00${'00'.repeat(52)}`, 'hex');

function changed(at: number, value: number): Buffer {
  const packet = Buffer.from(ping);
  packet.writeUInt8(value, at);
  packet.writeUInt16BE(0, 10);
  packet.writeUInt16BE(internetChecksum(packet.subarray(0, 20)), 10);
  return packet;
}

test('a real packet is read, and the padding of its frame is not', () => {
  expect(decodeIpv4(Buffer.concat([ping, Buffer.alloc(6)]))).toEqual({
    source: '10.0.2.15',
    destination: '10.0.2.2',
    protocol: 1,
    payload: ping.subarray(20),
  });
});

test('what is written is read back', () => {
  const address = fc.ipV4();
  fc.assert(
    fc.property(
      address,
      address,
      fc.nat(255),
      fc.uint8Array({ maxLength: 1480 }),
      (source, destination, protocol, bytes) => {
        const packet = { source, destination, protocol, payload: Buffer.from(bytes) };
        expect(decodeIpv4(encodeIpv4(packet))).toEqual(packet);
      },
    ),
  );
});

test('options are skipped', () => {
  const header = Buffer.concat([ping.subarray(0, 20), Buffer.from([1, 1, 1, 0])]);
  header.writeUInt8(0x46, 0);
  header.writeUInt16BE(24 + 2, 2);
  header.writeUInt16BE(0, 10);
  header.writeUInt16BE(internetChecksum(header), 10);
  expect(decodeIpv4(Buffer.concat([header, Buffer.from('hi')]))?.payload.toString()).toBe('hi');
});

test.each([
  ['another version', changed(0, 0x65)],
  ['a header shorter than 20 bytes', changed(0, 0x44)],
  ['a total length shorter than the header', changed(3, 19)],
  ['a total length beyond the frame', changed(3, 85)],
  ['a first fragment', changed(6, 0x20)],
  ['a later fragment', changed(7, 1)],
  ['a packet cut short', ping.subarray(0, 19)],
  ['a wrong checksum', Buffer.from(ping.toString('hex').replace('fb47', 'fb48'), 'hex')],
])('%s is no packet', (_name, bytes) => {
  expect(decodeIpv4(bytes)).toBeUndefined();
});
