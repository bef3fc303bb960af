import { describe, expect, it } from 'vitest';
import { caseResult, environment, runResults } from '../testing/results.ts';
import { postRangeOf } from '../trace/post-codes.ts';
import { renderMarkdown } from './markdown.ts';
import { buildModel } from './model.ts';
import { slowestOf } from './slowest.ts';
import { renderTerminal } from './terminal.ts';

const x86 = environment('linux/x86_64');
const arm = environment('linux/aarch64');

const boot = (id: string, name: string, ...codes: [number, number][]) =>
  caseResult({
    suite: 'boot',
    case: name,
    environment: id,
    postCodes: codes.map(([code, atMs]) => ({ code, range: postRangeOf(code), atMs })),
  });

const results = [
  boot(x86.id, 'entry', [0x10, 100], [0x40, 150]),
  boot(x86.id, 'ready', [0x60, 400]),
  boot(arm.id, 'entry', [0x10, 40], [0x40, 90]),
  boot(arm.id, 'ready'),
];

const model = buildModel(runResults({ environments: [x86, arm], results }));

describe('what boots wrote to their debug port', () => {
  it('is put side by side, by part and by code', () => {
    expect(model.targets[0]?.portTimelines).toEqual([
      {
        suite: 'boot',
        ranges: [
          { range: 'firmware', tookMs: [50, 50] },
          { range: 'kernel', tookMs: [250, 0] },
          { range: 'userspace', tookMs: [0, undefined] },
        ],
        codes: [
          { code: 0x10, range: 'firmware', atMs: [100, 40] },
          { code: 0x40, range: 'kernel', atMs: [150, 90] },
          { code: 0x60, range: 'userspace', atMs: [400, undefined] },
        ],
      },
    ]);
  });

  it('is a table in Markdown, the slower architecture in bold', () => {
    expect(renderMarkdown(model)).toContain(
      [
        '| Code | x86\\_64 | aarch64 |'.replace('\\_', '_'),
        '| --- | --- | --- |',
        '| 0x10 firmware | **100 ms** (2.5 ×) | 40 ms |',
        '| 0x40 kernel | **150 ms** (1.7 ×) | 90 ms |',
        '| 0x60 userspace | 400 ms | **not written** |',
      ].join('\n'),
    );
  });

  it('is a line for each part on a terminal', () => {
    const slow = [boot(x86.id, 'boots', [0x40, 100], [0x60, 400]), boot(arm.id, 'boots', [0x40, 90], [0x60, 190])];
    const text = renderTerminal(buildModel(runResults({ environments: [x86, arm], results: slow })), {
      colour: false,
      reports: 'reports/latest',
    });
    expect(text).toContain('  boot codes, kernel: 300 ms on x86_64 (slower, 3.0 ×), 100 ms on aarch64\n');
  });

  it('is nothing where nobody watched', () => {
    const { targets } = buildModel(runResults({ environments: [x86, arm], results: [caseResult()] }));
    expect(targets[0]?.portTimelines).toEqual([]);
  });
});

describe('the slower one', () => {
  it.each([
    ['is the longest of two', [100, 250], { column: 1, factor: 2.5 }],
    ['is the longest of three', [100, 400, undefined, 200], { column: 1, factor: 4 }],
    ['is nobody where they are as good as the same', [100, 109], undefined],
    ['is nobody where there is one', [100, undefined], undefined],
    ['is nobody where there is none', [], undefined],
    ['is nobody where one took no time at all', [0, 5], undefined],
  ] as const)('%s', (_, times, slowest) => {
    expect(slowestOf(times)).toEqual(slowest);
  });
});
