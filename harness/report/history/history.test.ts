import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeclarationError, EnvironmentError } from '../../errors.ts';
import { hostileText } from '../../testing/hostile-text.ts';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import { ScratchFolder } from '../../testing/scratch-folder.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import type { RunResults } from '../results.ts';
import { historyEntryOf } from './history.ts';
import { appendHistory, readHistory } from './history-file.ts';
import { historyTable } from './history-table.ts';
import { parseHistory, pointsOf } from './history-text.ts';

const IDS = ['k/x86_64', 'k/aarch64'];
const fail: Verdict = { kind: 'fail', reason: 'x' };

/** A run on the `day`th of the month in which so many of ten cases pass in each environment. */
function run(day: number, passed: readonly number[], parts: Partial<RunResults['run']> = {}): RunResults {
  const whole = runResults({
    environments: IDS.map((id) => environment(id)),
    results: passed.flatMap((count, column) =>
      Array.from({ length: 10 }, (_, index) =>
        caseResult({
          case: `case ${index}`,
          environment: IDS[column] ?? '',
          file: '/home/somebody/suites/a.suite.ts',
          verdict: index < count ? { kind: 'pass' } : fail,
        }),
      ),
    ),
  });
  const startedAt = `2026-02-${String(day).padStart(2, '0')}T12:00:00.000Z`;
  return { ...whole, run: { ...whole.run, id: `run-${day}`, startedAt, ...parts } };
}

const lineOf = (results: RunResults) => JSON.stringify(historyEntryOf(results));
const parse = (...lines: string[]) => parseHistory(lines.join('\n'), (index) => `h:${index + 1}`);
const shard = { declared: IDS, asked: IDS, shard: { index: 2, count: 3, cut: 'a' } };

describe('a line of the history', () => {
  it('says what a run came to, and nothing of where it ran', () => {
    const results = run(1, [10, 4], { filter: ['/home/somebody/suites'] });
    expect(historyEntryOf(results)).toEqual({
      schema: 'twinboot-history/1',
      time: '2026-02-01T12:00:00.000Z',
      run: 'run-1',
      harness: '0.1.0',
      complete: true,
      filtered: true,
      environments: [
        { id: 'k/x86_64', cases: 10, executed: 10, passed: 10, flaky: 0 },
        { id: 'k/aarch64', cases: 10, executed: 10, passed: 4, flaky: 0 },
      ],
    });
    expect(lineOf(results)).not.toContain('somebody');
    expect(lineOf(results)).not.toContain('linux');
  });

  it('marks a shard, and a run that was cut short', () => {
    expect(historyEntryOf(run(1, [1], { scope: shard }))).toMatchObject({ shard: '2/3' });
    expect(historyEntryOf(run(1, [1], { complete: false }))).toMatchObject({ complete: false });
  });
});

describe('parseHistory', () => {
  it('takes lines in the order in which git has merged them, each run once', () => {
    const [first, second] = [run(1, [1, 1]), run(2, [2, 2])].map(lineOf) as [string, string];
    const { entries, warnings } = parse(second, first, '', second);
    expect(entries.map(({ run: id }) => id)).toEqual(['run-1', 'run-2']);
    expect(warnings).toEqual([]);
  });

  it('leaves out a line that cannot be meant, and names it', () => {
    const line = lineOf(run(1, [1, 1]));
    const { entries, warnings } = parse(
      line.slice(0, 40),
      line,
      '<<<<<<< ours',
      line.replace('history/1', 'history/2'),
      line.replace('"passed":1', '"passed":-1'),
      '"a text"',
    );
    expect(entries).toHaveLength(1);
    expect(warnings).toEqual([
      'h:1: not JSON, or cut short; the line is left out',
      'h:3: a merge conflict that nobody has resolved; the line is left out',
      'h:4: schema: expected "twinboot-history/1", got "twinboot-history/2"; the line is left out',
      expect.stringMatching(/^h:5: environments\.0\.passed: .*; the line is left out$/),
      expect.stringMatching(/^h:6: the line: /),
    ]);
  });

  it('takes whatever stands there', () => {
    const key = fc.oneof(hostileText, fc.constantFrom('schema', 'time', 'run', 'environments'));
    const line = fc.oneof(
      hostileText,
      fc
        .dictionary(key, fc.oneof(hostileText, fc.constant('twinboot-history/1')))
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(line, (text) => {
        const { entries, warnings } = parse(text, lineOf(run(1, [1, 1])));
        expect(entries).toHaveLength(1);
        expect(warnings.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('does not go on about a file that is none', () => {
    const { warnings } = parse(...Array<string>(100).fill('x'));
    expect(warnings).toHaveLength(6);
    expect(warnings.at(-1)).toBe('… and 95 more such lines');
  });
});

describe('pointsOf', () => {
  it('has the rates of whole runs alone', () => {
    const lines = [
      run(4, [10]),
      run(1, [10, 5]),
      run(2, [1, 1], { scope: shard }),
      run(3, [1, 1], { complete: false }),
      run(5, [1, 1], { filter: ['alarm'] }),
    ].map(lineOf);
    expect(pointsOf(parse(...lines).entries)).toEqual([
      {
        time: '2026-02-01T12:00:00.000Z',
        rates: [
          { environment: 'k/x86_64', passed: 10, cases: 10 },
          { environment: 'k/aarch64', passed: 5, cases: 10 },
        ],
      },
      { time: '2026-02-04T12:00:00.000Z', rates: [{ environment: 'k/x86_64', passed: 10, cases: 10 }] },
    ]);
  });
});

describe('the history on a terminal', () => {
  const table = (...runs: RunResults[]) =>
    historyTable(parse(...runs.map(lineOf)).entries, { colour: false, file: 'reports/history.jsonl' });

  it('is a line for each environment, and says what it does not count', () => {
    const text = table(
      ...[run(1, [8, 0]), run(2, [9, 3]), run(3, [10, 7]), run(4, [10, 6])],
      run(5, [1], { scope: shard }),
      run(6, [1], { complete: false }),
    );
    expect(text).toBe(
      [
        'Pass rates in 4 runs, 2026-02-01 to 2026-02-04 (reports/history.jsonl)',
        '              first    best           last',
        '  k/x86_64   80.0 %   100 %  100 % (10/10)  ▇███',
        '  k/aarch64   0.0 %  70.0 %  60.0 % (6/10)  ▁▃▆▅',
        'Not counted: 1 shard and 1 run that was cut short.',
        '',
      ].join('\n'),
    );
  });

  it('says that there is no whole run yet', () => {
    expect(table()).toBe('No whole run in reports/history.jsonl\n');
  });
});

describe('the history’s file', () => {
  let scratch: ScratchFolder;
  let file: string;
  beforeEach(() => {
    scratch = new ScratchFolder();
    file = scratch.at('reports/history.jsonl');
  });
  afterEach(() => scratch[Symbol.dispose]());

  it('grows by a line for each run', () => {
    appendHistory(file, run(1, [1, 1]));
    appendHistory(file, run(2, [2, 2]));
    expect(readFileSync(file, 'utf8')).toBe(`${lineOf(run(1, [1, 1]))}\n${lineOf(run(2, [2, 2]))}\n`);
    expect(readHistory(path.dirname(file))).toMatchObject({ file, warnings: [] });
  });

  it('loses one line where somebody was killed while writing it, and says which', () => {
    appendHistory(file, run(1, [1, 1]));
    appendFileSync(file, '{"schema":"twinboot-h');
    appendHistory(file, run(2, [2, 2]));
    const { entries, warnings } = readHistory(file);
    expect(entries.map(({ run: id }) => id)).toEqual(['run-1', 'run-2']);
    expect(warnings).toEqual([`${file}:2: not JSON, or cut short; the line is left out`]);
  });

  it('is read from its end, however long it is', () => {
    appendHistory(file, run(1, [1, 1]));
    appendFileSync(file, `${'x'.repeat(5 * 2 ** 20)}\n`);
    appendHistory(file, run(2, [2, 2]));
    appendFileSync(file, 'y\n');
    const { entries, warnings } = readHistory(file);
    expect(entries.map(({ run: id }) => id)).toEqual(['run-2']);
    expect(warnings).toEqual([
      `Only the last 4 MiB of ${file} are read.`,
      `${file}, line 2 from its end: not JSON, or cut short; the line is left out`,
    ]);
  });

  it('is named when it is not there, or cannot be written', () => {
    expect(() => readHistory(file)).toThrow(DeclarationError);
    writeFileSync(scratch.at('file'), '');
    expect(() => appendHistory(scratch.at('file/history.jsonl'), run(1, [1]))).toThrow(EnvironmentError);
  });
});
