import { expect, test } from 'vitest';
import { answerArp } from './arp.ts';

const own = new Set(['10.0.2.2', '10.0.2.100']);
const mac = '52:55:0a:00:02:64';
const request = Buffer.from('00010800060400015254001234560a00020f0000000000000a000264', 'hex');

test('a request for an own address is answered with the own hardware address', () => {
  expect(answerArp(request, own, mac)?.toString('hex')).toBe(
    '0001080006040002' + '52550a0002640a000264' + '5254001234560a00020f',
  );
});

test('a request for another address gets no answer, so that an address that nobody has stays unreachable', () => {
  const other = Buffer.from(request);
  other.writeUInt8(15, 27);
  expect(answerArp(other, own, mac)).toBeUndefined();
});

test.each([
  ['a reply', 7, 2],
  ['another hardware type', 1, 6],
  ['another protocol', 2, 0x86],
  ['another address length', 5, 16],
])('%s gets no answer', (_name, at, value) => {
  const changed = Buffer.from(request);
  changed.writeUInt8(value, at);
  expect(answerArp(changed, own, mac)).toBeUndefined();
});

test('a message that is cut short gets no answer', () => {
  expect(answerArp(request.subarray(0, 27), own, mac)).toBeUndefined();
});
