import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUdp, encodeUdp } from './udp.ts';

const addresses = { source: '10.0.2.15', destination: '10.0.2.100' };
const fromLinux = Buffer.from('ab2f0007000ad8cd6363', 'hex');
const packetOf = (payload: Buffer) => ({ ...addresses, protocol: 17, payload });

test('a datagram of a real guest is read', () => {
  expect(decodeUdp(packetOf(fromLinux))).toEqual({
    sourcePort: 0xab2f,
    destinationPort: 7,
    payload: Buffer.from('cc'),
  });
});

test('the same datagram is written with the same checksum', () => {
  const datagram = { sourcePort: 0xab2f, destinationPort: 7, payload: Buffer.from('cc') };
  expect(encodeUdp(datagram, addresses)).toEqual(packetOf(fromLinux));
});

test('a datagram without a checksum is taken as it is', () => {
  const unchecked = Buffer.from('ab2f0007000a00006363', 'hex');
  expect(decodeUdp(packetOf(unchecked))?.payload.toString()).toBe('cc');
});

test.each([
  ['a wrong checksum', 'ab2f0007000ad8ce6363'],
  ['a length beyond the packet', 'ab2f0007000bd8cd6363'],
  ['a length shorter than the header', 'ab2f00070007d8cd6363'],
  ['a header cut short', 'ab2f0007000ad8'],
])('%s is no datagram', (_name, hex) => {
  expect(decodeUdp(packetOf(Buffer.from(hex, 'hex')))).toBeUndefined();
});

test('a checksum that comes out as 0 is written as ffff and read back', () => {
  // The bytes are chosen so that everything sums to ffff.
  const empty = encodeUdp({ sourcePort: 1, destinationPort: 7, payload: Buffer.from([0, 0]) }, addresses);
  const payload = Buffer.from(empty.payload.subarray(6, 8));
  const packet = encodeUdp({ sourcePort: 1, destinationPort: 7, payload }, addresses);
  expect(packet.payload.readUInt16BE(6)).toBe(0xffff);
  expect(decodeUdp(packet)?.payload).toEqual(payload);
});

test('what is written is read back', () => {
  const port = fc.nat(65535);
  fc.assert(
    fc.property(port, port, fc.uint8Array({ maxLength: 1472 }), (sourcePort, destinationPort, bytes) => {
      const datagram = { sourcePort, destinationPort, payload: Buffer.from(bytes) };
      expect(decodeUdp(encodeUdp(datagram, addresses))).toEqual(datagram);
    }),
  );
});
