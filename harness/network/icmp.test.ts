import { expect, test } from 'vitest';
import { internetChecksum } from './checksum.ts';
import { answerIcmp, UNREACHABLE, unreachable } from './icmp.ts';

const request = Buffer.from(`08004197006100005b075b00${'00'.repeat(52)}`, 'hex');

test('an echo request is answered with its own bytes', () => {
  expect(answerIcmp(request)?.toString('hex')).toBe(`00004997006100005b075b00${'00'.repeat(52)}`);
});

test('a request whose checksum is wrong gets no answer', () => {
  const damaged = Buffer.from(request);
  damaged.writeUInt8(1, 20);
  expect(answerIcmp(damaged)).toBeUndefined();
});

test('an echo reply gets no answer', () => {
  const reply = answerIcmp(request);
  expect(reply && answerIcmp(reply)).toBeUndefined();
});

test('a message cut short gets no answer', () => {
  expect(answerIcmp(request.subarray(0, 7))).toBeUndefined();
});

test('a refusal quotes the addresses and ports of what it refuses', () => {
  const payload = Buffer.from('ab2f00090008000068656c6c6f', 'hex');
  const refusal = unreachable({ source: '10.0.2.15', destination: '8.8.8.8', protocol: 17, payload }, UNREACHABLE.port);
  expect(refusal.subarray(0, 2)).toEqual(Buffer.from([3, 3]));
  expect(internetChecksum(refusal)).toBe(0);
  expect(refusal.subarray(8 + 12).toString('hex')).toBe('0a00020f08080808ab2f000900080000');
});
