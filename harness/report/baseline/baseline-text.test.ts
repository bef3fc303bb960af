import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../errors.ts';
import { hostileText } from '../../testing/hostile-text.ts';
import { type BaselineEntry, baselineKinds, keyOf } from './baseline.ts';
import { emptyBaseline, formatBaseline, parseBaseline } from './baseline-text.ts';

const FORMAT = '# twinboot-baseline/1';

function complaintAbout(...lines: string[]): string {
  try {
    parseBaseline([FORMAT, ...lines].join('\n'), 'baseline.txt');
  } catch (error) {
    expect(error).toBeInstanceOf(DeclarationError);
    return (error as DeclarationError).message;
  }
  return 'no complaint';
}

/** The file after it has been read and written. */
function rewritten(...lines: string[]): string[] {
  return formatBaseline(parseBaseline([FORMAT, ...lines, ''].join('\n'), 'baseline.txt'))
    .split('\n')
    .slice(1, -1);
}

const name = fc.oneof(
  hostileText,
  fc.constantFrom('', ' ', '>', ' > ', 'a > b', '> a', 'a >', '\\-', 'a \\#2', '\\', 'a  b'),
);
const entry: fc.Arbitrary<BaselineEntry> = fc.record({
  environment: fc.oneof(fc.constantFrom('linux/x86_64', 'linux/aarch64', 'a b/c'), hostileText),
  suite: name,
  case: name,
  occurrence: fc.nat({ max: 2 }),
  kind: fc.constantFrom(...baselineKinds),
  comments: fc.constant([]),
});

describe('a baseline as a file', () => {
  it('gives back every case, whatever its names hold, one line each', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), (list) => {
        const entries = new Map(list.map((one) => [keyOf(one), one]));
        const text = formatBaseline({ ...emptyBaseline, entries });
        expect(text.split(/[\n\r\u2028\u2029\v\f]/)).toHaveLength(emptyBaseline.head.length + entries.size + 1);
        const read = parseBaseline(text, 'baseline.txt').entries;
        const names = [...read.values()].map(({ line: _, ...rest }) => [keyOf(rest), rest] as const);
        expect(new Map(names)).toEqual(entries);
      }),
    );
  });

  it('is sorted by environment, suite and case, so that the same cases are the same file', () => {
    expect(
      rewritten(
        'pass linux/x86_64 signals > b',
        'hang    linux/x86_64 signals > a',
        'expected-failure linux/aarch64 z > z',
      ),
    ).toEqual([
      'expected-failure linux/aarch64 z > z',
      'hang    linux/x86_64 signals > a',
      'pass    linux/x86_64 signals > b',
    ]);
  });

  it('keeps the head as it is written, and each comment above its case', () => {
    const lines = [
      '# our own words',
      'goal 90 % aarch64',
      '',
      '# ext2 frees no blocks',
      'pass    linux/x86_64 disk > b',
      '# flaky since June',
      'flaky   linux/x86_64 disk > c',
      '# the end',
    ];
    expect(rewritten(...lines)).toEqual(lines);
    expect(rewritten('pass    e/a s > b', '# of a', 'pass    e/a s > a')).toEqual([
      '# of a',
      'pass    e/a s > a',
      'pass    e/a s > b',
    ]);
  });

  it('takes the line ends and the byte order mark of other editors', () => {
    const text = `\ufeff${FORMAT}\r\npass linux/x86_64 a > b\r\n`;
    expect([...parseBaseline(text, 'baseline.txt').entries.values()]).toMatchObject([
      { suite: 'a', case: 'b', kind: 'pass' },
    ]);
  });

  it('reads goals for an architecture by any of its names, and writes them as they were written', () => {
    const text = `${FORMAT}\ngoal 90 % arm64\ngoal 50 % linux/amd64\n`;
    const baseline = parseBaseline(text, 'baseline.txt');
    expect(baseline.goals.map(({ place }) => place)).toEqual(['aarch64', 'linux/x86_64']);
    expect(formatBaseline(baseline)).toBe(text);
  });

  it('reads goals', () => {
    const { goals } = parseBaseline(`${FORMAT}\ngoal 90 % aarch64\n  goal 62.5% linux/x86_64 \n`, 'baseline.txt');
    expect(goals).toEqual([
      { place: 'aarch64', percent: 90, line: 2 },
      { place: 'linux/x86_64', percent: 62.5, line: 3 },
    ]);
  });

  it.each([
    [
      'pas linux/x86_64 a > b',
      'baseline.txt:2: verdict: expected "pass" | "flaky" | "fail" | "crash" | "hang" | "timeout" | "missing" | "expected-failure" | "skip" | "goal", got "pas" (did you mean "pass"?)',
    ],
    ['pass linux/x86_64 a', 'baseline.txt:2: expected "pass ENVIRONMENT SUITE > CASE", got "pass linux/x86_64 a"'],
    ['pass', 'baseline.txt:2: expected "pass ENVIRONMENT SUITE > CASE", got "pass"'],
    ['pass e/a a > b\\q', 'baseline.txt:2: expected "pass ENVIRONMENT SUITE > CASE", got "pass e/a a > b\\\\q"'],
    ['goal 190 % aarch64', 'baseline.txt:2: expected a goal such as "goal 90 % aarch64", got "goal 190 % aarch64"'],
    ['goal aarch64 90', 'baseline.txt:2: expected a goal such as "goal 90 % aarch64", got "goal aarch64 90"'],
    ['<<<<<<< HEAD', 'baseline.txt:2: a merge conflict that nobody has resolved'],
  ])('refuses %j', (line, complaint) => {
    expect(complaintAbout(line)).toBe(complaint);
  });

  it('refuses a case that is there twice, naming both lines', () => {
    expect(complaintAbout('pass e/a s > c', 'hang e/a s > c')).toBe(
      'baseline.txt:3: e/a s > c is there twice, first in line 2: keep one of them',
    );
    expect(complaintAbout('pass e/a s > c', 'hang e/a s > c \\#2')).toBe('no complaint');
  });

  it('names every line that is wrong, and not hundreds', () => {
    const lines = complaintAbout(...Array.from({ length: 20 }, () => 'nonsense')).split('\n');
    expect(lines).toHaveLength(9);
    expect(lines[7]).toMatch(/^baseline\.txt:9: /);
    expect(lines[8]).toBe('… and 12 more');
  });

  it('refuses a file that is none, and another version', () => {
    const complaint = (text: string) => () => parseBaseline(text, 'notes.txt');
    expect(complaint('Dear diary')).toThrow(
      'notes.txt:1: no baseline: expected a line that begins with "# twinboot-baseline/1", got "Dear diary"',
    );
    expect(complaint('')).toThrow('notes.txt:1: no baseline');
    expect(complaint('# twinboot-baseline/2: new')).toThrow(
      'notes.txt:1: format: expected "twinboot-baseline/1", got "twinboot-baseline/2"',
    );
    expect(complaint('# twinboot-baseline/12')).toThrow('only baselines of this version can be read');
  });
});
