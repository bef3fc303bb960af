import { expect, test } from 'vitest';
import { patternChunks, standardServices } from './services.ts';

test('byte i of a download is i modulo 251, across chunks', () => {
  const bytes = Buffer.concat([...patternChunks(200_000)]);
  expect(bytes).toHaveLength(200_000);
  expect(bytes.every((byte, index) => byte === index % 251)).toBe(true);
});

test('a download of nothing has no chunks', () => {
  expect([...patternChunks(0)]).toEqual([]);
});

test('a datagram comes back as it is', () => {
  const datagram = Buffer.from('ping');
  expect(standardServices().udp?.[7]?.(datagram)).toEqual(datagram);
});
