import { describe, expect, test } from 'vitest';
import { parseHeader } from './program-header.mjs';

const header = (...lines) => `/*\n${lines.map((line) => ` * ${line}\n`).join('')} */\n#include "check.h"\n`;

describe('parseHeader', () => {
  test('reads both fields', () => {
    const source = header('entry_test: registers at entry.', 'Link: -Wl,-e,probe_start  -z now', 'Sabotage: execve');
    expect(parseHeader(source, 'entry_test.c')).toEqual({
      link: ['-Wl,-e,probe_start', '-z', 'now'],
      sabotage: 'execve',
    });
  });

  test('finds nothing where nothing is said', () => {
    expect(parseHeader(header('exec_check: Helper of exec_test.'), 'exec_check.c')).toEqual({ link: [] });
    expect(parseHeader('int main(void) { return 0; }\n', 'bare.c')).toEqual({ link: [] });
  });

  test('does not read a sentence that mentions a field', () => {
    const source = header('entry.h: for a helper linked with `Link: -Wl,-e,probe_start`.');
    expect(parseHeader(source, 'entry.c')).toEqual({ link: [] });
  });

  test('does not read a later comment', () => {
    expect(parseHeader(`${header('kill_test.')}/* Sabotage: kill */\n`, 'kill_test.c')).toEqual({ link: [] });
  });

  test('refuses a sabotage that is not one function', () => {
    expect(() => parseHeader(header('Sabotage: kill, raise'), 'kill_test.c')).toThrow(
      'kill_test.c: Sabotage: expected the name of one function, got "kill, raise"',
    );
  });
});
