import { describe, expect, test } from 'vitest';
import { compareVersions, findVersion } from './versions.mjs';

describe('findVersion', () => {
  test.each([
    ['QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)', '7.2.22'],
    ['Debian clang version 14.0.6\nTarget: x86_64-pc-linux-gnu', '14.0.6'],
    ['mke2fs 1.47.0 (5-Feb-2023)', '1.47.0'],
    ['cpio (GNU cpio) 2.13', '2.13'],
    ['no number here, only 7', undefined],
  ])('reads %j', (words, version) => {
    expect(findVersion(words)).toBe(version);
  });
});

describe('compareVersions', () => {
  test('compares part by part, as numbers', () => {
    expect(compareVersions('7.10', '7.2')).toBeGreaterThan(0);
    expect(compareVersions('6.9.9', '7.0')).toBeLessThan(0);
  });

  test('takes absent parts as 0', () => {
    expect(compareVersions('14', '14.0.0')).toBe(0);
    expect(compareVersions('7.2', '7.2.1')).toBeLessThan(0);
  });
});
