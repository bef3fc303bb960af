import { expect, test } from 'vitest';
import { programOf } from './run-case.ts';

test.each([
  ['alarm_test', 'alarm_test'],
  ['  ls -l /', 'ls'],
  ['/bin/busybox ls', '/bin/busybox'],
  ['LANG=C TZ= sort file', 'sort'],
  ['cat<file', 'cat'],
  ['true;false', 'true'],
  ['a|b', 'a'],
  ['fork_test&', 'fork_test'],
  ['echo a=b', 'echo'],
  ['./a=b c', './a=b'],
  ['(cd /; ls)', '(cd /; ls)'],
])('%j starts the program %j', (command, program) => {
  expect(programOf(command)).toBe(program);
});
