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
        stages: [
          { name: 'loader', atMs: [undefined, 50] },
          { name: 'entry', atMs: [100, 200] },
          { name: 'shell', atMs: [undefined, 900] },
        ],
      },
    ]);
  });

  it('leaves stages of one moment in their declared order', () => {
    const results = [boot(x86.id, 'boots', ['init', 900], ['shell', 900])];
    expect(timelines(results)[0]?.stages.map(({ name }) => name)).toEqual(['init', 'shell']);
  });

  it('joins the stages that the cases of one suite tell one by one', () => {
    const results = [
      boot(x86.id, 'entry', ['entry', 100]),
      boot(x86.id, 'shell', ['shell', 500]),
      boot(arm.id, 'entry', ['entry', 120]),
    ];
    expect(timelines(results)).toEqual([
      {
        suite: 'boot',
        stages: [
          { name: 'entry', atMs: [100, 120] },
          { name: 'shell', atMs: [500, undefined] },
        ],
      },
    ]);
  });

  it('lets the first of many boots stand for all', () => {
    const results = [boot(x86.id, 'first', ['entry', 100]), boot(x86.id, 'second', ['entry', 120])];
    expect(timelines(results).map(({ stages }) => stages)).toEqual([[{ name: 'entry', atMs: [100, undefined] }]]);
  });

  it('has none where no result carries stages', () => {
    expect(timelines([caseResult()])).toEqual([]);
  });
});
