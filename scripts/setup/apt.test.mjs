import { describe, expect, test } from 'vitest';
import { parseOsRelease } from './apt.mjs';
import { lastWords } from './last-words.mjs';

describe('parseOsRelease', () => {
  test('reads fields with and without quotes', () => {
    const text = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n';
    expect(parseOsRelease(text)).toMatchObject({ ID: 'debian', VERSION_CODENAME: 'bookworm' });
  });
});

describe('lastWords', () => {
  test("keeps apt's errors and leaves its progress", () => {
    const words = [
      'Hit:1 http://archive InRelease',
      'Err:2 http://other InRelease',
      'Reading package lists...',
      'W: Failed to fetch http://other InRelease  Could not resolve other',
      'E: Unable to locate package musl-dev',
    ];
    expect(lastWords(words.join('\n'))).toBe(
      '  W: Failed to fetch http://other InRelease  Could not resolve other\n  E: Unable to locate package musl-dev',
    );
  });

  test('keeps the end where nothing is marked as an error', () => {
    expect(lastWords('1\n2\n3\n4\n5\n6\n7')).toBe('  2\n  3\n  4\n  5\n  6\n  7');
  });
});
