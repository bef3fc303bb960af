import fc from 'fast-check';
import { expect, test } from 'vitest';
import { answerDns } from './dns.ts';

const names = { harness: '10.0.2.100' };

/** busybox's nslookup and wget on Linux ask so. */
function query(hexName: string, type = '0001'): Buffer {
  return Buffer.from(`118201000001000000000000${hexName}${type}0001`, 'hex');
}

const HARNESS = '076861726e65737300';

test('a known name has its address', () => {
  expect(answerDns(query(HARNESS), names)?.toString('hex')).toBe(
    `118285800001000100000000${HARNESS}00010001c00c000100010000003c00040a000264`,
  );
});

test('case does not matter, and the question comes back as it was spelt', () => {
  const shouted = '074841524e45535300';
  expect(answerDns(query(shouted), names)?.toString('hex')).toContain(`${shouted}00010001c00c`);
});

test('a known name has no address of another kind', () => {
  expect(answerDns(query(HARNESS, '001c'), names)?.toString('hex')).toBe(`118285800001000000000000${HARNESS}001c0001`);
});

test.each([
  ['a name of somebody else', '076578616d706c6503636f6d00'],
  ['a name that every object has', `0b${Buffer.from('constructor').toString('hex')}00`],
])('%s does not exist', (_name, hexName) => {
  expect(answerDns(query(hexName), names)?.readUInt16BE(2)).toBe(0x8583);
});

test.each([
  ['a response', Buffer.from(`118281800001000000000000${HARNESS}00010001`, 'hex')],
  ['two questions', Buffer.from(`118201000002000000000000${HARNESS}00010001${HARNESS}00010001`, 'hex')],
  ['a name that points elsewhere', query('c00c')],
  ['a name without an end', Buffer.from('118201000001000000000000076861726e657373', 'hex')],
  ['a question without a type', Buffer.from(`118201000001000000000000${HARNESS}`, 'hex')],
])('%s gets no answer', (_name, bytes) => {
  expect(answerDns(bytes, names)).toBeUndefined();
});

test('arbitrary bytes never throw, and an answer is never much longer than its question', () => {
  const bytes = fc.uint8Array({ maxLength: 600 }).map((each) => Buffer.from(each));
  fc.assert(
    fc.property(
      fc.oneof(
        bytes,
        bytes.map((tail) => Buffer.concat([query('').subarray(0, 12), tail])),
      ),
      (message) => {
        expect(answerDns(message, names)?.length ?? 0).toBeLessThanOrEqual(message.length + 16);
      },
    ),
  );
});
