import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LineSplitter } from '../lines/splitter.ts';
import type { Subtest } from '../verdict/verdict.ts';
import { TapReader, type TapResult } from './tap.ts';

const FIXTURES = new URL('../../fixtures/logs/tap/', import.meta.url);

interface Fixture {
  readonly name: string;
  readonly isRequired: boolean;
  /** The header's statements about the result, in order. */
  readonly expected: readonly string[];
  readonly log: string;
}

const fixtures: readonly Fixture[] = readdirSync(FIXTURES).map((name) => {
  const [header = '', log = ''] = readFileSync(new URL(name, FIXTURES), 'utf8').split('=== log ===\n');
  const statements = header
    .split('\n')
    .filter((line) => /^(?:pass|fail|skip|problem|bailed out|skipped|seen|complete): /.test(line));
  return { name, isRequired: header.includes('\nrequired: yes'), expected: statements, log };
});

function read(text: string, required = false): TapResult {
  const reader = new TapReader({ required });
  for (const line of text.split('\n')) reader.accept(line);
  return reader.result();
}

function describeSubtest({ name, verdict }: Subtest): string {
  switch (verdict.kind) {
    case 'fail':
      return `fail: ${name}: ${verdict.reason}`;
    case 'skip':
      return `skip: ${name}: ${verdict.because}`;
    default:
      return `${verdict.kind}: ${name}`;
  }
}

function describeResult(result: TapResult): string[] {
  return [
    `complete: ${result.complete ? 'yes' : 'no'}`,
    ...(result.seen ? [] : ['seen: no']),
    ...(result.bailedOut === undefined ? [] : [`bailed out: ${result.bailedOut}`]),
    ...(result.skippedBecause === undefined ? [] : [`skipped: ${result.skippedBecause}`]),
    ...result.subtests.map(describeSubtest),
    ...result.problems.map((problem) => `problem: ${problem}`),
  ];
}

describe('recorded logs', () => {
  test.each(fixtures)('$name: what its header states is found, and nothing else', ({ log, isRequired, expected }) => {
    expect(describeResult(read(log, isRequired))).toEqual(expected);
  });

  test.each(fixtures)('$name: the same when the console is cut anywhere', ({ log, isRequired }) => {
    const whole = Buffer.from(log.replaceAll('\n', '\r\n'));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sizes) => {
        const splitter = new LineSplitter();
        const reader = new TapReader({ required: isRequired });
        for (let at = 0, turn = 0; at < whole.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          for (const line of splitter.push(whole.subarray(at, at + size), 0)) reader.accept(line);
          at += size;
        }
        expect(reader.result()).toEqual(read(log, isRequired));
      }),
      { numRuns: 20 },
    );
  });

  test.each(fixtures)('$name: asking for the result in between changes nothing', ({ log, isRequired }) => {
    const reader = new TapReader({ required: isRequired });
    for (const line of log.split('\n')) {
      reader.accept(line);
      reader.result();
    }
    expect(reader.result()).toEqual(read(log, isRequired));
  });

  test.each(fixtures)('$name: cut short, it never claims a result that has not come', ({ log, isRequired }) => {
    const lines = log.split('\n');
    const whole = read(log, isRequired).subtests.length;
    for (let end = 0; end < lines.length; end++) {
      expect(read(lines.slice(0, end).join('\n'), isRequired).subtests.length).toBeLessThanOrEqual(whole);
    }
  });
});

describe('an indent of two spaces, and a parent that vouches for its parts', () => {
  test('is KTAP as its specification shows it', () => {
    const result = read(
      [
        'KTAP version 1',
        '1..1',
        '  KTAP version 1',
        '  1..3',
        '    KTAP version 1',
        '    1..1',
        '    # test_1: initializing test_1',
        '    ok 1 test_1',
        '  ok 1 example_test_1',
        '  ok 2 test_2 # SKIP',
        '  not ok 3 test_3 # XFAIL known',
        'ok 1 main_test',
      ].join('\n'),
    );
    expect(describeResult(result)).toEqual([
      'complete: yes',
      'pass: main_test > example_test_1 > test_1',
      'skip: main_test > test_2: no reason given',
      'skip: main_test > test_3: XFAIL: known',
    ]);
  });

  test('a parent that failed though none of its parts did is a failure of its own', () => {
    const result = read('KTAP version 1\n1..1\n  KTAP version 1\n  1..1\n  ok 1 part\nnot ok 1 parent');
    expect(describeResult(result)).toEqual(['complete: yes', 'pass: parent > part', 'fail: parent: not ok']);
  });

  test('a part that failed is a failure though its parent passed', () => {
    const result = read('KTAP version 1\n1..1\n  1..1\n  not ok 1 part\nok 1 parent');
    expect(describeResult(result)).toEqual(['complete: yes', 'fail: parent > part: not ok']);
  });
});

describe('bounds', () => {
  test('a report of any length keeps the first ten thousand results and says so', () => {
    const reader = new TapReader();
    reader.accept('TAP version 14');
    reader.accept('1..12000');
    for (let number = 1; number <= 12_000; number++) reader.accept(`ok ${number} - test ${number}`);
    const { subtests, problems, complete } = reader.result();
    expect(subtests).toHaveLength(10_000);
    expect(problems).toEqual(['2000 subtests past the first 10000 were not kept']);
    expect(complete).toBe(true);
  });

  test('problems are bounded', () => {
    const reader = new TapReader();
    reader.accept('TAP version 14');
    for (let count = 0; count < 1_000; count++) reader.accept('ok 7 - again');
    const { problems } = reader.result();
    expect(problems.length).toBeLessThan(110);
    expect(problems.at(-1)).toBe('and 900 more problems');
  });

  test('levels are bounded', () => {
    const reader = new TapReader();
    reader.accept('TAP version 14');
    for (let depth = 1; depth < 2_000; depth++) reader.accept(`${' '.repeat(depth)}ok 1 - deep`);
    const name = reader.result().subtests.at(0)?.name ?? '';
    expect(name.split(' > ').length).toBeLessThanOrEqual(16);
  });
});

test('a generated report is read back', () => {
  type Node = { name: string; ok: boolean; parts: Node[] };
  const name = fc.stringMatching(/^[a-z]{1,6}$/);
  const { node } = fc.letrec<{ node: Node }>((tie) => ({
    node: fc.record({
      name,
      ok: fc.boolean(),
      parts: fc.oneof({ depthSize: 'small' }, fc.constant<Node[]>([]), fc.array(tie('node'), { maxLength: 3 })),
    }),
  }));
  const print = (nodes: readonly Node[], indent: string, step: string): string[] =>
    nodes.flatMap((entry, at) => [
      ...(entry.parts.length > 0
        ? [`${indent}${step}1..${entry.parts.length}`, ...print(entry.parts, indent + step, step)]
        : []),
      `${indent}${entry.ok ? 'ok' : 'not ok'} ${at + 1} - ${entry.name}`,
    ]);
  const leaves = (nodes: readonly Node[], path: string): string[] =>
    nodes.flatMap((entry) => {
      const parts = leaves(entry.parts, `${path}${entry.name} > `);
      const isTold = parts.length > 0 && (entry.ok || parts.some((part) => part.startsWith('fail')));
      return isTold
        ? parts
        : [...parts, entry.ok ? `pass: ${path}${entry.name}` : `fail: ${path}${entry.name}: not ok`];
    });
  fc.assert(
    fc.property(fc.array(node, { minLength: 1, maxLength: 5 }), fc.constantFrom('  ', '    '), (nodes, step) => {
      const log = ['TAP version 14', `1..${nodes.length}`, ...print(nodes, '', step)];
      expect(describeResult(read(log.join('\n')))).toEqual(['complete: yes', ...leaves(nodes, '')]);
    }),
  );
});
