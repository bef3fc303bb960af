import { describe, expect, test } from 'vitest';
import { caseResult, environment, runResults } from '../../testing/results.ts';
import type { Verdict } from '../../verdict/verdict.ts';
import { buildModel } from '../model.ts';
import type { CaseResult } from '../results.ts';
import { buildDocument, onceEach } from './build-document.ts';

const fail: Verdict = { kind: 'fail', reason: 'exit status 1 of `alarm_test`' };
const crash: Verdict = { kind: 'crash', cause: 'panic', title: 'KERNEL PANIC: \x1b[31mno memory' };

function documentOf(results: readonly CaseResult[], taken: string[] = []) {
  const take = onceEach((folder) => taken.push(folder) - 1);
  return buildDocument(buildModel(runResults({ results: [...results] })), take);
}

const onArm = (parts: Partial<CaseResult>) => caseResult({ environment: 'linux/aarch64', ...parts });

describe('what the page shows', () => {
  test('is a row for each case and a cell for each environment, with the words of the other reports', () => {
    const { targets, title, summary } = documentOf([
      caseResult(),
      onArm({ verdict: crash, notes: ['took\nlong'] }),
      caseResult({ case: 'itimer' }),
    ]);
    expect(title).toBe('Parity: linux');
    expect(summary).toEqual({ tone: 'bad', text: '3 results in 63.0 s: 2 pass, 1 crash' });
    const [target] = targets;
    expect(target?.columns.map(({ label, score }) => [label, score.passed, score.due, score.tone])).toEqual([
      ['x86_64', 2, 2, 'good'],
      ['aarch64', 0, 1, 'bad'],
    ]);
    expect(target?.agreement).toEqual({ tone: 'warn', text: 'Parity 0.0 %: of 2 cases, 2 differ.' });
    expect(target?.suites[0]?.rows.map(({ name, cells, differs }) => [name, cells, differs])).toEqual([
      [
        'alarm_test',
        [
          { kind: 'pass', took: '120 ms' },
          {
            kind: 'crash',
            text: 'crash (panic): KERNEL PANIC: \\x1b[31mno memory',
            took: '120 ms',
            notes: ['took / long'],
            cause: 0,
          },
        ],
        true,
      ],
      ['itimer', [{ kind: 'pass', took: '120 ms' }, null], true],
    ]);
    expect(target?.causes).toEqual([{ cause: expect.stringContaining('KERNEL PANIC'), on: [1], cases: 1 }]);
  });

  test('has the evidence of what did not pass, of each attempt, once', () => {
    const taken: string[] = [];
    const attempt = { durationMs: 1, notes: [] };
    const { targets } = documentOf(
      [
        caseResult({ evidence: 'evidence/kept-of-a-pass' }),
        onArm({
          verdict: fail,
          evidence: 'evidence/2',
          attempts: [
            { ...attempt, verdict: crash, evidence: 'evidence/1' },
            { ...attempt, verdict: fail, evidence: 'evidence/2' },
          ],
        }),
      ],
      taken,
    );
    expect(taken).toEqual(['evidence/2', 'evidence/1']);
    const [, cell] = targets[0]?.suites[0]?.rows[0]?.cells ?? [];
    expect([cell?.evidence, ...(cell?.attempts ?? []).map(({ evidence }) => evidence)]).toEqual([0, 1, 0]);
  });

  test('does not call a case different that fails where it is expected to as it does elsewhere', () => {
    const known: Verdict = { kind: 'expected-failure', because: 'no port', actual: { kind: 'fail', reason: 'x' } };
    const { targets } = documentOf([caseResult({ verdict: known }), onArm({ verdict: fail })]);
    expect(targets[0]?.suites[0]?.rows[0]?.differs).toBeUndefined();
  });

  test('says first what makes it less than the whole truth', () => {
    const run = {
      ...runResults().run,
      complete: false,
      faults: ['No job ran \u202elinux.'],
      notices: ['KVM is away.'],
    };
    const { remarks, summary } = buildDocument(
      buildModel(runResults({ run, environments: [environment('linux/x86_64')], results: [caseResult()] })),
      () => 0,
    );
    expect(remarks).toEqual([
      { tone: 'bad', text: 'No job ran \\u202elinux.' },
      { tone: 'bad', text: 'The run was cut short: cases that it did not reach have no result.' },
      { tone: 'warn', text: 'KVM is away.' },
    ]);
    expect(summary.tone).toBe('bad');
  });
});
