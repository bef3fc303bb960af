import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../lines/splitter.ts';
import { type LineRule, LineRuleReader, type LineRuleResult } from './line-rules.ts';

const RULES: readonly LineRule[] = [
  { match: /^test (?<name>\S+) \.\.\. ok$/, subtest: 'pass' },
  { match: /^test (\S+) \.\.\. FAILED/g, subtest: 'fail' },
  { match: /^test (\S+) \.\.\. ignored/y, subtest: 'skip' },
  { match: /^running (\S+)/, subtest: 'started' },
  { match: /^test result: ok/, case: 'pass' },
  { match: /FAILED/, case: 'fail' },
  { match: /^no tests here/, case: 'skip' },
];

function read(lines: readonly string[], rules = RULES): LineRuleResult {
  const reader = new LineRuleReader(rules);
  for (const line of lines) reader.accept(line);
  return reader.result();
}

const LOG = [
  '[    0.5] booting',
  'running trivial',
  'test trivial ... ok',
  'running fork',
  'test fork ... FAILED at fork.c:12',
  'test smp ... ignored',
  'running exec',
  'page fault at 0xdead',
];

test('lines become subtests, a verdict for the case and the test that was running', () => {
  expect(read(LOG)).toEqual({
    subtests: [
      { name: 'trivial', verdict: { kind: 'pass' } },
      { name: 'fork', verdict: { kind: 'fail', reason: 'test fork ... FAILED at fork.c:12' } },
      { name: 'smp', verdict: { kind: 'skip', because: 'test smp ... ignored' } },
    ],
    case: { kind: 'fail', reason: 'test fork ... FAILED at fork.c:12' },
    started: 'exec',
    problems: ['"exec" was started and never finished'],
  });
});

test('a stream without any of it has no results and no problems', () => {
  expect(read(['init: ready', 'test', 'all tests ok'])).toEqual({ subtests: [], problems: [] });
});

test('patterns with a memory find every line', () => {
  const names = read(['a', 'b', 'c', 'd'].map((name) => `test ${name} ... FAILED`)).subtests.map(({ name }) => name);
  expect(names).toEqual(['a', 'b', 'c', 'd']);
});

test('without a group the whole match is the name', () => {
  expect(read(['[PASS] x'], [{ match: /PASS/, subtest: 'pass' }]).subtests).toEqual([
    { name: 'PASS', verdict: { kind: 'pass' } },
  ]);
});

describe('the case', () => {
  test('passes or is skipped by a line of its own', () => {
    expect(read(['test result: ok. 3 passed']).case).toEqual({ kind: 'pass' });
    expect(read(['no tests here: wrong machine']).case).toEqual({
      kind: 'skip',
      because: 'no tests here: wrong machine',
    });
  });

  test.each([[['test result: ok', 'FAILED late']], [['FAILED early', 'test result: ok']]])(
    '%j is a failure, and the contradiction is a problem',
    (lines) => {
      const result = read(lines);
      expect(result.case?.kind).toBe('fail');
      expect(result.problems).toEqual([
        expect.stringMatching(/^the case was reported as (pass and as fail|fail and as pass)$/),
      ]);
    },
  );
});

describe('a subtest that is reported twice', () => {
  test.each([
    [['test a ... ok', 'test a ... FAILED'], 'fail', 1],
    [['test a ... FAILED', 'test a ... ok'], 'fail', 1],
    [['test a ... ignored', 'test a ... ok'], 'skip', 1],
    [['test a ... ok', 'test a ... ok'], 'pass', 0],
  ])('%j: the worse report holds', (lines, kind, problems) => {
    const result = read(lines);
    expect(result.subtests.map(({ name, verdict }) => [name, verdict.kind])).toEqual([['a', kind]]);
    expect(result.problems).toHaveLength(problems);
  });
});

describe('started subtests', () => {
  test('the last one that has not finished is told, and each of them is a problem', () => {
    const result = read(['running a', 'running b', 'running c', 'test c ... ok']);
    expect(result.started).toBe('b');
    expect(result.problems).toEqual(['"a" was started and never finished', '"b" was started and never finished']);
  });

  test('one that was started again after it finished is running', () => {
    expect(read(['running a', 'test a ... ok', 'running a']).started).toBe('a');
  });
});

test('memory is bounded and what is refused is a problem', () => {
  const lines = Array.from({ length: 12_000 }, (_, at) => `test t${at} ... ok`);
  const result = read([
    ...lines,
    ...lines.slice(0, 5),
    ...Array.from({ length: 300 }, (_, at) => `test t${at} ... FAILED`),
  ]);
  expect(result.subtests).toHaveLength(10_000);
  expect(result.problems).toHaveLength(102);
  expect(result.problems.at(-2)).toBe('and 200 more problems');
  expect(result.problems.at(-1)).toBe('2000 reports past the first 10000 subtests were not kept');
});

test('the result is the same however the console is cut', () => {
  const whole = Buffer.from(LOG.join('\r\n'));
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (sizes) => {
      const splitter = new LineSplitter();
      const reader = new LineRuleReader(RULES);
      for (let at = 0, turn = 0; at < whole.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        for (const line of splitter.push(whole.subarray(at, at + size), 0)) reader.accept(line);
        at += size;
      }
      for (const line of splitter.end(0)) reader.accept(line);
      expect(reader.result()).toEqual(read(LOG));
    }),
    { numRuns: 50 },
  );
});
