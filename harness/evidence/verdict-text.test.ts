import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hostileText } from '../testing/hostile-text.ts';
import type { Subtest } from '../verdict/verdict.ts';
import { type Finding, type LastWords, verdictText } from './verdict-text.ts';

const finding: Finding = {
  suite: 'signals',
  case: 'alarm() fires',
  file: 'suites/signals/signals.suite.ts',
  environment: 'linux/aarch64',
  verdict: { kind: 'fail', reason: '`alarm_test` ended with status 1' },
  subtests: [],
  notes: [],
};
const words: LastWords = {
  line: { index: 3, atMs: 900, text: 'alarm: no tick', truncated: false },
  ageMs: 1_800,
  unfinished: '',
};
const FOLDER = 'reports/latest/evidence/linux/aarch64/signals/alarm-fires';

function textOf(parts: Partial<Finding>, last: LastWords | undefined = words): string[] {
  return verdictText({ ...finding, ...parts }, last, FOLDER, `npx twinboot debug ${FOLDER}`).split('\n');
}

describe('the text of a failure', () => {
  test('says what happened, the facts, and what to do', () => {
    const subtests: Subtest[] = [
      { name: 'fires', verdict: { kind: 'fail', reason: 'expected 1, got 0' } },
      { name: 'is cancelled', verdict: { kind: 'pass' } },
      { name: 'nests', verdict: { kind: 'skip', because: 'later' } },
    ];
    expect(textOf({ about: 'timers reach user space', subtests, notes: ['results disagree: …'] })).toEqual([
      'fail: `alarm_test` ended with status 1',
      '  case        signals > alarm() fires on linux/aarch64',
      '  proves      timers reach user space',
      '  subtest     fires: fail: expected 1, got 0',
      '  note        results disagree: …',
      '  last line   alarm: no tick  (1.8 s ago)',
      `  evidence    ${FOLDER}`,
      `  reproduce   npx twinboot debug ${FOLDER}`,
    ]);
  });

  test('says what to delete when there is none', () => {
    expect(textOf({ verdict: { kind: 'unexpected-pass', because: 'no port', on: ['arm64'] } }).slice(0, 4)).toEqual([
      'unexpected pass: declared to fail (no port)',
      '  case        signals > alarm() fires on linux/aarch64',
      '  delete      expectFailure: { on: "arm64", because: "no port" }',
      '  from        "alarm() fires" in suites/signals/signals.suite.ts',
    ]);
  });

  test('tells of the attempts before it, the last ones by their number', () => {
    const before: Finding['verdict'][] = [
      { kind: 'fail', reason: 'status 1' },
      { kind: 'crash', cause: 'panic', title: 'PANIC' },
    ];
    const earlier = [...before, ...before, ...before].map((verdict) => ({ verdict }));
    expect(textOf({ earlier }).filter((line) => line.startsWith('  attempt'))).toEqual([
      '  attempt 2   crash (panic): PANIC',
      '  attempt 3   fail: status 1',
      '  attempt 4   crash (panic): PANIC',
      '  attempt 5   fail: status 1',
      '  attempt 6   crash (panic): PANIC',
    ]);
  });

  test('says no more than there is to say', () => {
    expect(verdictText(finding, undefined, FOLDER, undefined).split('\n')).toEqual([
      'fail: `alarm_test` ended with status 1',
      '  case        signals > alarm() fires on linux/aarch64',
      `  evidence    ${FOLDER}`,
    ]);
  });

  test('tells a guest that said nothing from one that nobody heard', () => {
    expect(textOf({}, { ...words, line: undefined })).toContain('  last line   none: the guest printed nothing');
  });

  test('shows what the guest began to say, blanks included', () => {
    expect(textOf({}, { ...words, unfinished: 'login: ' })).toContain('  unfinished  "login: "');
  });

  test('shows what stands without an end of line: a prompt that nobody recognised', () => {
    expect(textOf({}, { ...words, unfinished: 'mysh$ \x1b[6n' })).toContain('  unfinished  "mysh$ \\x1b[6n"');
  });

  test('names the first of many subtests that failed', () => {
    const subtests = Array.from(
      { length: 40 },
      (_, index): Subtest => ({ name: `t${index}`, verdict: { kind: 'fail', reason: 'x' } }),
    );
    const named = textOf({ subtests }).filter((line) => line.startsWith('  subtest'));
    expect(named).toEqual([0, 1, 2, 3, 4].map((index) => `  subtest     t${index}: fail: x`));
  });

  test('keeps QEMU’s own words on lines of their own', () => {
    const reason = 'QEMU ended with status 1 before it ran the guest.\n  qemu: no such disk\n  command  qemu-system';
    expect(textOf({ verdict: { kind: 'error', reason } }).slice(0, 3)).toEqual([
      'error: QEMU ended with status 1 before it ran the guest.',
      '  qemu: no such disk',
      '  command  qemu-system',
    ]);
  });

  test('shortens a last line that fills the terminal', () => {
    const long = { ...words, line: { index: 0, atMs: 0, text: 'x'.repeat(10_000), truncated: false } };
    expect(Math.max(...textOf({}, long).map((line) => line.length))).toBeLessThan(200);
  });
});

test('whatever the guest says, the text is safe to print and has the same lines', () => {
  const keys = ['case', 'subtest', 'note', 'last line', 'unfinished', 'evidence', 'reproduce'];
  fc.assert(
    fc.property(hostileText, (text) => {
      const [headline, ...facts] = textOf(
        {
          verdict: { kind: 'crash', cause: 'panic', title: text },
          subtests: [{ name: text, verdict: { kind: 'fail', reason: text } }],
          notes: [text],
        },
        { line: { index: 0, atMs: 0, text, truncated: false }, ageMs: 0, unfinished: `$${text}` },
      );
      expect(headline).toMatch(/^crash \(panic\): /);
      expect(facts.map((fact) => fact.slice(0, 14))).toEqual(keys.map((key) => `  ${key.padEnd(11)} `));
      expect([headline, ...facts].join('')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
    }),
  );
});
