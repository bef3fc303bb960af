import { describe, expect, it } from 'vitest';
import { caseResult, environment } from '../testing/results.ts';
import { matricesOf } from './matrix.ts';
import type { CaseResult } from './results.ts';
import { timelinesOf } from './timelines.ts';

const x86 = environment('linux/x86_64');
const arm = environment('linux/aarch64');

function timelines(results: readonly CaseResult[]) {
  return matricesOf([x86, arm], results).flatMap(({ suites }) => timelinesOf(suites.flatMap(({ rows }) => rows)));
}

const boot = (id: string, name: string, ...stages: [string, number][]) =>
  caseResult({
    suite: 'boot',
    case: name,
    environment: id,
    stages: stages.map(([stage, atMs]) => ({ name: stage, atMs })),
  });

describe('timelinesOf', () => {
  it('puts the stages of one boot side by side, in the order of the boot that got furthest', () => {
    const results = [
      boot(x86.id, 'boots', ['entry', 100]),
      boot(arm.id, 'boots', ['loader', 50], ['entry', 200], ['shell', 900]),
    ];
    expect(timelines(results)).toEqual([
      {
        suite: 'boot',
        case: 'boots',
        stages: [
          { name: 'loader', atMs: [undefined, 50] },
          { name: 'entry', atMs: [100, 200] },
          { name: 'shell', atMs: [undefined, 900] },
        ],
      },
    ]);
  });

  it('lets the first of many alike stand for all, and keeps one that stopped early', () => {
    const results = [
      boot(x86.id, 'first', ['entry', 100], ['shell', 500]),
      boot(x86.id, 'second', ['entry', 120], ['shell', 520]),
      boot(x86.id, 'third', ['entry', 110]),
    ];
    expect(timelines(results).map((timeline) => timeline.case)).toEqual(['first', 'third']);
  });

  it('has none where no result carries stages', () => {
    expect(timelines([caseResult()])).toEqual([]);
  });
});
