import { describe, expect, test } from 'vitest';
import { formatVersion, isOlder, OLDEST_QEMU } from './version.ts';

function version(text: string) {
  const [major = 0, minor = 0, micro = 0] = text.split('.').map(Number);
  return { major, minor, micro };
}

describe('isOlder', () => {
  test.each([
    ['6.2.99', '7.2.0'],
    ['7.1.9', '7.2.0'],
    ['7.2.9', '7.2.10'],
    ['9.99.99', '10.0.0'],
  ])('%s is older than %s, and not the other way round', (older, newer) => {
    expect(isOlder(version(older), version(newer))).toBe(true);
    expect(isOlder(version(newer), version(older))).toBe(false);
  });

  test('no version is older than itself', () => {
    expect(isOlder(OLDEST_QEMU, OLDEST_QEMU)).toBe(false);
  });
});

test('a version is written as QEMU writes it', () => {
  expect(formatVersion(version('7.2.22'))).toBe('7.2.22');
});
